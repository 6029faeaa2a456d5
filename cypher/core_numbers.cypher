CALL gds.kcore.stream($name, {concurrency: 1})
YIELD nodeId, coreValue
WHERE coreValue > 0
RETURN nodeId AS vertex, coreValue AS value
