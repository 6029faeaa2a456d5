// Rings that took in accounts since the run before, with the run and the numbers: most new accounts first.
MATCH (run:Run&Linkage)-[change:CHANGED]->(ring:Ring)
WHERE change.accounts_added > 0 AND change.event IN ['grew', 'merged', 'resurrected', 'split']
RETURN run, change, ring
ORDER BY change.accounts_added DESC, ring.score DESC, ring.ring_id
LIMIT 100
