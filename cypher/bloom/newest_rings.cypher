// The fifty rings that were found last, newest run first and the worst of each run first.
MATCH (:Linkage)-[born:CHANGED|PAST_CHANGED {event: 'born'}]->(ring:Ring)
RETURN ring
ORDER BY born.since DESC, ring.score DESC, ring.ring_id
LIMIT 50
