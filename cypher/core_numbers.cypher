// Of links between accounts alone: stars and joins tie no two accounts by themselves.
CALL gds.kcore.stream($name, {relationshipTypes: ['PAIR'], concurrency: 1})
YIELD nodeId, coreValue
WHERE coreValue > 0
RETURN nodeId AS node, coreValue AS value
