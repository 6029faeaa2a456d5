-- Links from both of their ends.
CREATE TABLE link_end AS
SELECT account, other, bits, account_a, account_b, ring_id
FROM (
    SELECT a AS account, b AS other, bits, account_a, account_b, ring_id FROM link
    UNION ALL
    SELECT b, a, bits, account_a, account_b, ring_id FROM link
)
ORDER BY account, bits DESC
