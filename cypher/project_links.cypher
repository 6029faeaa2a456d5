// The graph of the run that is being written, for Graph Data Science: current links that stay, and new ones.
MATCH (a:Linkage)-[link:LINKED|JOINED|NEXT_LINKED|NEXT_JOINED]->(b:Linkage)
WHERE NOT link.stamp IN $retired
WITH a, b, link.bits AS bits
ORDER BY a.uid, b.uid
WITH gds.graph.project(
  $name, a, b, {relationshipProperties: {bits: bits}}, {undirectedRelationshipTypes: ['*'], readConcurrency: 1}
) AS graph
RETURN graph.nodeCount AS nodes, graph.relationshipCount AS relationships
