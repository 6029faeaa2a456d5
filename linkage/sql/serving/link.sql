CREATE TABLE link AS
SELECT
    link.link,
    link.a,
    link.b,
    link.bits,
    one.account_id AS account_a,
    other.account_id AS account_b,
    CASE WHEN one.ring_id = other.ring_id THEN one.ring_id END AS ring_id
FROM source_links AS link
JOIN account AS one ON one.account = link.a
JOIN account AS other ON other.account = link.b
ORDER BY link.a, link.b
