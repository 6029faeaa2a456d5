// The graph of the run that is being written, for Graph Data Science: current links that stay, and new ones. A link
// between two accounts is a PAIR, one to a star and a join of groups a TIE.
MATCH (a:Linkage)-[link:LINKED|JOINED|NEXT_LINKED|NEXT_JOINED]->(b:Linkage)
WHERE NOT link.stamp IN $retired
WITH a, b,
  CASE WHEN type(link) ENDS WITH 'LINKED' AND b.uid STARTS WITH 'a:' THEN 'PAIR' ELSE 'TIE' END AS type
WITH gds.graph.project(
  $name, a, b, {relationshipType: type},
  {undirectedRelationshipTypes: ['*'], readConcurrency: 1}
) AS graph, count(CASE type WHEN 'PAIR' THEN 1 END) AS pairs
RETURN graph.nodeCount AS nodes, pairs
