// Part of the transaction that publishes: relationships become what they were written to be.
MATCH (a)-[next:NEXT_LINKED|NEXT_JOINED|NEXT_RESTS_ON|NEXT_MEMBER_OF|NEXT_SHARES|NEXT_PART_OF|NEXT_TAKES_PART_IN|NEXT_CHANGED]->(b)
CREATE (a)-[r:$(substring(type(next), 5))]->(b)
SET r = properties(next)
DELETE next
