// Part of the transaction that publishes: states that are about to be replaced are kept as the past.
MATCH (n:Linkage)-[next:NEXT_STATE]->(n)
WHERE n.since IS NOT NULL
CREATE (n)-[past:PAST_STATE]->(n)
SET past = properties(n), past.labels = next.labels, past.until = $until, past.uid = null
