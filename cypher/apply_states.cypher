// Part of the transaction that publishes: nodes become what waited for them.
MATCH (n:Linkage)-[next:NEXT_STATE]->(n)
WITH n, next, n.uid AS uid, next.labels AS labels
SET n = properties(next), n.uid = uid, n.labels = null
SET n:$(labels)
REMOVE n:Next:Past
DELETE next
