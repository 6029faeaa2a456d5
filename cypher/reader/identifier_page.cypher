MATCH (identifier:Linkage)
WHERE identifier.uid > 'i:' AND identifier.uid < 'j'
WITH identifier,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
  AND ($kinds IS NULL OR state.kind IN $kinds)
  AND ($families IS NULL OR state.family IN $families)
  AND ($hub IS NULL OR state.links <> $hub)
  AND ($min_accounts IS NULL OR state.accounts >= $min_accounts)
WITH state, substring(identifier.uid, 2) AS tie,
     $sign * CASE $sort WHEN 'accounts' THEN state.accounts WHEN 'degree' THEN state.degree END AS place
WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
WITH *
ORDER BY place, tie
LIMIT $limit
RETURN place, tie,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason
