SELECT
    identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
    count(*) AS rings,
    CAST(sum(members) AS BIGINT) AS ring_accounts
FROM ring_identifier
JOIN identifier USING (identifier)
WHERE identifier.family = 'content' AND list_contains($names::VARCHAR[], identifier.name)
GROUP BY ALL
