// Part of the transaction that publishes: what the new run no longer has becomes the past. A row for each node where
// such relationships start, so that no others are looked at.
UNWIND $rows AS row
MATCH (a:Linkage {uid: row.uid})-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->(b:Linkage)
WHERE r.stamp IN row.stamps
CREATE (a)-[past:$('PAST_' + type(r))]->(b)
SET past = properties(r), past.until = $until
DELETE r
