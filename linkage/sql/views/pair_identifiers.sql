-- The identifiers that two accounts both hold.
SELECT
    CAST(row_number() OVER (ORDER BY identifier.identifier) - 1 AS INTEGER) AS place,
    identifier.identifier,
    identifier.kind_number AS kind,
    identifier.key,
    identifier.caption,
    identifier.accounts,
    identifier.degree,
    identifier.strength,
    identifier.links,
    identifier.near_proof,
    identifier.reason
FROM identifier
WHERE identifier IN (
    SELECT identifier
    FROM holding
    WHERE account IN ($a, $b)
    GROUP BY identifier
    HAVING count(*) = 2
)
ORDER BY place
