// By each kind's name and the beginning of a key; keyed ones are found by the whole value.
UNWIND $uids AS uid
MATCH (identifier:Linkage)
WHERE identifier.uid STARTS WITH uid
WITH DISTINCT identifier
WITH identifier,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
RETURN state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason
ORDER BY accounts DESC, identifier.uid
LIMIT $limit
