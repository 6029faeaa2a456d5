// New nodes of a first load: visible as what they are, behind a pointer that does not stand yet.
UNWIND $rows AS row
CREATE (n:Linkage)
SET n = row.state, n.uid = row.uid, n.stamp = row.stamp, n.since = $since
SET n:$(row.labels)
