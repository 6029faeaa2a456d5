// Part of the transaction that publishes: what the new run no longer has becomes the past.
MATCH (a:Linkage)-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->(b:Linkage)
WHERE r.stamp IN $stamps
CREATE (a)-[past:$('PAST_' + type(r))]->(b)
SET past = properties(r), past.until = $until
DELETE r
