CALL gds.localClusteringCoefficient.stream($name, {concurrency: 1})
YIELD nodeId, localClusteringCoefficient
WHERE localClusteringCoefficient > 0
RETURN nodeId AS vertex, localClusteringCoefficient AS value
