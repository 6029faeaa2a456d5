// What leads out of the selected rings, or the rings of the selected accounts, into others: links that were found too
// weak to join them, and shared identifiers that may link. The strongest, and the rarest, first.
MATCH (chosen:Linkage)
WHERE elementId(chosen) IN $nodes
MATCH (chosen)-[:MEMBER_OF]->{0,1}(ring:Ring)
WITH DISTINCT ring
MATCH bridge = (ring)<-[:MEMBER_OF]-(:Account)-[link:LINKED|JOINED]-(:Account)-[:MEMBER_OF]->(far:Ring)
WHERE far <> ring
RETURN bridge
ORDER BY link.bits DESC
LIMIT 1000
UNION
MATCH (chosen:Linkage)
WHERE elementId(chosen) IN $nodes
MATCH (chosen)-[:MEMBER_OF]->{0,1}(ring:Ring)
WITH DISTINCT ring
MATCH bridge = (ring)<-[:MEMBER_OF]-(:Account)-[:USED]->(identifier:Identifier)<-[:USED]-(:Account)-[:MEMBER_OF]->(far:Ring)
WHERE far <> ring AND identifier.links AND NOT identifier.supporting
RETURN bridge
ORDER BY identifier.accounts
LIMIT 1000
