// Fingerprints of all that is current, a row for so many nodes: their own, and those of the relationships that start
// from them, a list for each. A row for each node would cost its reader more than the server.
MATCH (n:Linkage)
WHERE n.stamp IS NOT NULL OR n:Run
WITH collect(n) AS nodes
UNWIND range(0, size(nodes) - 1, $size) AS start
WITH nodes[start..start + $size] AS part
RETURN [n IN part | n.uid] AS uids, [n IN part | coalesce(n.stamp, 0)] AS nodes,
    [n IN part |
      [(n)-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->()
        WHERE r.stamp IS NOT NULL | r.stamp]
    ] AS relationships
