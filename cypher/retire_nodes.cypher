// Part of the transaction that publishes: nodes that the new run does not know keep their past only.
UNWIND $uids AS uid
MATCH (n:Linkage {uid: uid})
CREATE (n)-[past:PAST_STATE]->(n)
SET past = properties(n), past.labels = [label IN labels(n) WHERE label <> 'Linkage'], past.until = $until,
    past.uid = null
WITH n, uid, [label IN labels(n) WHERE label <> 'Linkage'] AS gone
SET n = {uid: uid}, n:Past
REMOVE n:$(gone)
