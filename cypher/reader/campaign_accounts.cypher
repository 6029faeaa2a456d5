UNWIND $parents AS parent
CALL (parent) {
  MATCH (:Linkage {uid: 'c:' + parent})<-[part:TAKES_PART_IN|PAST_TAKES_PART_IN]-(account:Linkage)
  WHERE part.since <= $at AND coalesce(part.until > $at, true)
  OPTIONAL MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
  WHERE member.since <= $at AND coalesce(member.until > $at, true)
  WITH member, ring,
       CASE
         WHEN account.since <= $at THEN account
         ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
       END AS state,
       CASE
         WHEN ring.since <= $at THEN ring
         ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
       END AS ringed
  WHERE state IS NOT NULL
  WITH member, ring, state, ringed, state.account_id AS tie,
       coalesce($sign * CASE $sort
         WHEN 'id' THEN 0.0
         WHEN 'created_at' THEN state.created_at.epochMillis / 1000.0
         WHEN 'ring_score' THEN ringed.score
       END, $last) AS place
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN member, ring, state, ringed, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie,
       state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
ORDER BY parent, place, tie
