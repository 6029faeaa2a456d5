SELECT
    place, tie,
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason,
    rings, ring_accounts
FROM (
    SELECT
        $sign::DOUBLE * count(*) AS place,
        identifier.name AS tie,
        identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
        count(*) AS rings,
        CAST(sum(members) AS BIGINT) AS ring_accounts
    FROM ring_identifier
    JOIN identifier USING (identifier)
    WHERE identifier.family = 'content'
    GROUP BY ALL
)
WHERE
    rings >= $min_rings
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
