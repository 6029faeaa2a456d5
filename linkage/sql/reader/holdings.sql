SELECT
    account_id AS parent, place, tie,
    account_id,
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason,
    first, last, count
FROM (
    SELECT
        coalesce($sign::DOUBLE * CASE $sort::VARCHAR
            WHEN 'count' THEN held.count
            WHEN 'first' THEN held.first
            WHEN 'last' THEN held.last
        END, 'infinity'::DOUBLE) AS place,
        identifier.name AS tie,
        account.account_id,
        identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
        held.first, held.last, held.count
    FROM holding AS held
    JOIN account ON account.account = held.account
    JOIN identifier ON identifier.identifier = held.identifier
    WHERE
        held.account IN (SELECT account FROM account WHERE list_contains($parents::VARCHAR[], account_id))
        AND ($kinds::VARCHAR[] IS NULL OR list_contains($kinds::VARCHAR[], identifier.kind))
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
