// Texts with the rings whose accounts share them.
UNWIND $names AS name
MATCH (identifier:Linkage {uid: 'i:' + name})<-[share:SHARES|PAST_SHARES]-(:Linkage)
WHERE share.since <= $at AND coalesce(share.until > $at, true)
WITH identifier, count(share) AS rings, sum(share.members) AS ring_accounts
WITH rings, ring_accounts,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state.family = 'content'
RETURN state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       rings, ring_accounts
