CALL gds.graph.project.estimate('*', '*', {
  nodeCount: $nodes, relationshipCount: $relationships, relationshipProperties: 'bits'
})
YIELD bytesMin
RETURN bytesMin AS bytes
