// A graph of numbered vertices that is not stored: what is left of the components when stars are taken out.
UNWIND range(0, size($source) - 1) AS edge
WITH gds.graph.project(
  $name, $source[edge], $target[edge], {relationshipProperties: {bits: $bits[edge]}},
  {undirectedRelationshipTypes: ['*'], readConcurrency: 1}
) AS graph
RETURN graph.nodeCount AS nodes
