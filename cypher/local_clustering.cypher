// Of links between accounts alone: stars and joins tie no two accounts by themselves.
CALL gds.localClusteringCoefficient.stream($name, {relationshipTypes: ['PAIR'], concurrency: 1})
YIELD nodeId, localClusteringCoefficient
WHERE localClusteringCoefficient > 0
RETURN nodeId AS node, localClusteringCoefficient AS value
