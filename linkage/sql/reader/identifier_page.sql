SELECT
    place, tie,
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason
FROM (
    SELECT
        coalesce($sign::DOUBLE * CASE $sort::VARCHAR
            WHEN 'accounts' THEN accounts
            WHEN 'degree' THEN degree
        END, 'infinity'::DOUBLE) AS place,
        name AS tie,
        *
    FROM identifier
)
WHERE
    ($kinds::VARCHAR[] IS NULL OR list_contains($kinds::VARCHAR[], kind))
    AND ($families::VARCHAR[] IS NULL OR list_contains($families::VARCHAR[], family))
    AND ($hub::BOOLEAN IS NULL OR links != $hub::BOOLEAN)
    AND ($min_accounts::BIGINT IS NULL OR accounts >= $min_accounts::BIGINT)
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
