// A graph of numbered vertices that is not stored: a part of the run's links.
UNWIND range(0, size($source) - 1) AS edge
WITH gds.graph.project(
  $name, $source[edge], $target[edge], {relationshipProperties: {bits: $bits[edge]}},
  {undirectedRelationshipTypes: ['*'], readConcurrency: 1}
) AS graph
RETURN graph.nodeCount AS nodes
