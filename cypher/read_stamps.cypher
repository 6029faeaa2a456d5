// Fingerprints of all current relationships, a row for each node that they start from.
MATCH (n:Linkage)
WITH [(n)-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->() | r.stamp] AS stamps
WHERE size(stamps) > 0
RETURN stamps
