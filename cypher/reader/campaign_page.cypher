MATCH (:Linkage)-[share:SHARES|PAST_SHARES]->(identifier:Linkage)
WHERE share.since <= $at AND coalesce(share.until > $at, true)
WITH identifier, count(share) AS rings, sum(share.members) AS ring_accounts
WHERE rings >= $min_rings
WITH rings, ring_accounts, $sign * rings AS place, substring(identifier.uid, 2) AS tie,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state.family = 'content' AND (place > $after_place OR (place = $after_place AND tie > $after_tie))
WITH *
ORDER BY place, tie
LIMIT $limit
RETURN place, tie,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       rings, ring_accounts
