// $type is LINKED, JOINED, RESTS_ON, MEMBER_OF, SHARES, PART_OF, TAKES_PART_IN or CHANGED on a first load, else the same with NEXT_ before it.
UNWIND $rows AS row
MATCH (a:Linkage {uid: row.a})
MATCH (b:Linkage {uid: row.b})
CREATE (a)-[r:$($type)]->(b)
SET r = row.state, r.stamp = row.stamp, r.since = $since
