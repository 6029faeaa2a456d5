-- Links by ring.
CREATE TABLE ring_link AS
SELECT ring_id, account_a, account_b, bits
FROM link
WHERE ring_id IS NOT NULL
ORDER BY ring_id, bits DESC
