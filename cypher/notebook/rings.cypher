// The rings of the published run, the worst first.
MATCH (ring:Ring&Linkage)
WHERE ring.score >= $least_score
RETURN ring.ring_id AS ring_id, ring.verdict AS verdict, ring.score AS score, ring.size AS size,
       ring.flagged AS flagged, ring.story AS story, ring.first_seen AS first_seen, ring.last_seen AS last_seen,
       ring.top_reasons AS top_reasons
ORDER BY score DESC, size DESC, ring_id
