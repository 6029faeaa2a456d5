// A projection and Leiden on it, which of all that we ask for needs most.
CALL gds.leiden.stream.estimate({
  nodeProjection: '*', relationshipProjection: '*', nodeCount: $nodes, relationshipCount: $relationships,
  relationshipProperties: 'bits'
}, {relationshipWeightProperty: 'bits', concurrency: 1})
YIELD bytesMin
RETURN bytesMin AS bytes
