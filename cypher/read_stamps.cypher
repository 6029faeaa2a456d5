// Fingerprints of all that is current, a row for so many nodes: their own, and those of the relationships that start
// from them. A row for each node would cost its reader more than the server.
MATCH (n:Linkage)
WHERE n.stamp IS NOT NULL OR n:Run
WITH collect(n) AS nodes
UNWIND range(0, size(nodes) - 1, $size) AS start
WITH nodes[start..start + $size] AS part
CALL (part) {
  UNWIND part AS n
  MATCH (n)-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->()
  RETURN collect(r.stamp) AS relationships
}
RETURN [n IN part | n.uid] AS uids, [n IN part | coalesce(n.stamp, 0)] AS nodes, relationships
