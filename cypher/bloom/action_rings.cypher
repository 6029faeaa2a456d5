// The rings of the selected accounts, and of those who use the selected identifiers.
MATCH (chosen:Linkage)
WHERE elementId(chosen) IN $nodes
MATCH path = (chosen)<-[:USED]-{0,1}(:Account)-[:MEMBER_OF]->(ring:Ring)
RETURN path
ORDER BY ring.score DESC, ring.ring_id
LIMIT 5000
