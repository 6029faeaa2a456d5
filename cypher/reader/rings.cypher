UNWIND $ids AS id
MATCH (ring:Linkage {uid: 'r:' + id})
WITH CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
RETURN state.ring_id AS ring_id, state.size AS size, state.score AS score, state.verdict AS verdict,
       state.story AS story, state.flagged AS flagged, state.first_seen AS first_seen, state.last_seen AS last_seen,
       state.top_reasons AS top_reasons, state.parent_ids AS parent_ids, state.country AS country
