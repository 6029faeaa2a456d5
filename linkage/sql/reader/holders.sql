SELECT
    name AS parent, place, tie,
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
        account.account_id AS tie,
        identifier.name,
        account.account_id,
        identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
        held.first, held.last, held.count
    FROM holder AS held
    JOIN account ON account.account = held.account
    JOIN identifier ON identifier.identifier = held.identifier
    WHERE held.identifier IN (SELECT identifier FROM identifier WHERE list_contains($parents::VARCHAR[], name))
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY name ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
