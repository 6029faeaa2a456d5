// What a node is to become when the run is published waits on it, where no reader looks.
UNWIND $rows AS row
MERGE (n:Linkage {uid: row.uid})
ON CREATE SET n:Next
CREATE (n)-[next:NEXT_STATE]->(n)
SET next = row.state, next.stamp = row.stamp, next.since = $since, next.labels = row.labels
