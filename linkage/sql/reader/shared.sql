SELECT
    ring_id AS parent, place, tie,
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason,
    members
FROM (
    SELECT
        $sign::DOUBLE * members AS place,
        identifier.name AS tie,
        ring_id,
        identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
        members
    FROM ring_identifier
    JOIN identifier USING (identifier)
    WHERE list_contains($parents::VARCHAR[], ring_id)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY ring_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
