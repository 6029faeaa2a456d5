UNWIND $parents AS parent
CALL (parent) {
  MATCH (:Linkage {uid: 'r:' + parent})-[share:SHARES|PAST_SHARES]->(identifier:Linkage)
  WHERE share.since <= $at AND coalesce(share.until > $at, true)
  WITH share, identifier, $sign * share.members AS place, substring(identifier.uid, 2) AS tie
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN share, identifier, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
WITH parent, share, place, tie,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
RETURN parent, place, tie,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       share.members AS members
ORDER BY parent, place, tie
