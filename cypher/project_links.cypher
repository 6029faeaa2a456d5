// The graph of the run that is being written, for Graph Data Science: current links that stay, and new ones.
MATCH (a:Linkage)-[link:LINKED|JOINED|NEXT_LINKED|NEXT_JOINED]->(b:Linkage)
WHERE NOT link.stamp IN $retired
WITH gds.graph.project($name, a, b, {}, {undirectedRelationshipTypes: ['*'], readConcurrency: 1}) AS graph
RETURN graph.nodeCount AS nodes
