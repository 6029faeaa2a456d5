UNWIND $parents AS parent
CALL (parent) {
  MATCH (:Linkage {uid: 'c:' + parent})<-[part:PART_OF|PAST_PART_OF]-(ring:Linkage)
  WHERE part.since <= $at AND coalesce(part.until > $at, true)
  WITH CASE
         WHEN ring.since <= $at THEN ring
         ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
       END AS state
  WITH state, state.ring_id AS tie,
       coalesce($sign * CASE $sort
         WHEN 'id' THEN 0.0
         WHEN 'score' THEN state.score
         WHEN 'size' THEN state.size
         WHEN 'first_seen' THEN state.first_seen.epochMillis / 1000.0
         WHEN 'last_seen' THEN state.last_seen.epochMillis / 1000.0
       END, $last) AS place
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN state, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie,
       state.ring_id AS ring_id, state.size AS size, state.score AS score, state.verdict AS verdict,
       state.story AS story, state.flagged AS flagged, state.first_seen AS first_seen, state.last_seen AS last_seen,
       state.top_reasons AS top_reasons, state.parent_ids AS parent_ids, state.country AS country
ORDER BY parent, place, tie
