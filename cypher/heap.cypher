// What the server's heap may still take, as Graph Data Science sees it.
CALL gds.debug.sysInfo() YIELD key, value
WHERE key IN ['availableHeapInBytes', 'heapMaxInBytes']
RETURN key, toInteger(value) AS bytes
