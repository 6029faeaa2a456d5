MATCH (identifier:Linkage)
WHERE identifier.uid > 'i:' AND identifier.uid < 'j'
WITH CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
  AND ($kinds IS NULL OR state.kind IN $kinds)
  AND ($families IS NULL OR state.family IN $families)
  AND ($hub IS NULL OR state.links <> $hub)
  AND ($min_accounts IS NULL OR state.accounts >= $min_accounts)
RETURN count(state) AS identifiers
