// What accounts were seen with; hours since 1970, 0 where the source has no dates.
UNWIND $parents AS parent
CALL (parent) {
  MATCH (:Linkage {uid: 'a:' + parent})-[used:USED|PAST_USED]->(identifier:Linkage)
  WHERE used.since <= $at AND coalesce(used.until > $at, true)
  WITH used, identifier, substring(identifier.uid, 2) AS tie,
       $sign * CASE $sort
           WHEN 'count' THEN used.count
           WHEN 'first' THEN coalesce(used.first.epochSeconds / 3600, 0)
           WHEN 'last' THEN coalesce(used.last.epochSeconds / 3600, 0)
         END AS place
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  WITH used, place, tie,
       CASE
         WHEN identifier.since <= $at THEN identifier
         ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
       END AS state
  WHERE $kinds IS NULL OR state.kind IN $kinds
  RETURN used, place, tie, state
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie, parent AS account_id,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       coalesce(used.first.epochSeconds / 3600, 0) AS first, coalesce(used.last.epochSeconds / 3600, 0) AS last,
       used.count AS count
ORDER BY parent, place, tie
