UNWIND $parents AS parent
CALL (parent) {
  MATCH (parted:Linkage {uid: 'r:' + parent})<-[member:MEMBER_OF|PAST_MEMBER_OF]-(account:Linkage)
  WHERE member.since <= $at AND coalesce(member.until > $at, true)
  WITH parted AS ring, member, account,
       CASE
         WHEN account.since <= $at THEN account
         ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
       END AS state,
       CASE
         WHEN parted.since <= $at THEN parted
         ELSE head([(parted)-[past:PAST_STATE]->(parted) WHERE past.since <= $at AND past.until > $at | past])
       END AS ringed
  WHERE state IS NOT NULL
    AND ($statuses IS NULL OR state.status IN $statuses)
    AND ($plans IS NULL OR state.plan IN $plans)
    AND ($countries IS NULL OR state.country IN $countries)
    AND ($created_after IS NULL OR state.created_at >= $created_after)
    AND ($created_before IS NULL OR state.created_at < $created_before)
    AND ($verdicts IS NULL OR ringed.verdict IN $verdicts)
    AND ($flagged IS NULL OR coalesce(member.flagged, false) = $flagged)
    AND ($in_ring IS NULL OR (ring IS NOT NULL) = $in_ring)
  WITH ring, member, state, ringed, state.account_id AS tie,
       coalesce($sign * CASE $sort
         WHEN 'id' THEN 0.0
         WHEN 'created_at' THEN state.created_at.epochMillis / 1000.0
         WHEN 'ring_score' THEN ringed.score
       END, $last) AS place
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN ring, member, state, ringed, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie,
       state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
ORDER BY parent, place, tie
