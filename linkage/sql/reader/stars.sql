SELECT
    ring_id AS parent, place, tie,
    one_kind, one_key, one_caption, one_family, one_accounts, one_degree, one_links, one_near_proof, one_supporting,
    one_reason,
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason,
    members
FROM (
    SELECT
        $sign::DOUBLE * ring_star.members AS place,
        one.name || coalesce(chr(0) || other.name, '') AS tie,
        ring_star.ring_id,
        one.kind AS one_kind, one.key AS one_key, one.caption AS one_caption, one.family AS one_family,
        one.accounts AS one_accounts, one.degree AS one_degree, one.links AS one_links,
        one.near_proof AS one_near_proof, one.supporting AS one_supporting, one.reason AS one_reason,
        other.kind, other.key, other.caption, other.family, other.accounts, other.degree, other.links,
        other.near_proof, other.supporting, other.reason,
        ring_star.members
    FROM ring_star
    JOIN identifier AS one ON one.identifier = ring_star.first
    LEFT JOIN identifier AS other ON other.identifier = ring_star.second
    WHERE list_contains($parents::VARCHAR[], ring_star.ring_id)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY ring_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
