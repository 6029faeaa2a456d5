-- Who controls each account: the number of its ring, or null for an innocent. Victims count as neither and are left out.
CREATE OR REPLACE TABLE party AS
WITH ring AS (
    SELECT ring, row_number() OVER (ORDER BY ring) - 1 AS number
    FROM (SELECT DISTINCT ring FROM truth WHERE ring IS NOT NULL AND NOT victim)
)
SELECT account.account, CAST(ring.number AS INTEGER) AS ring
FROM account
LEFT JOIN truth USING (account_id)
LEFT JOIN ring USING (ring)
WHERE NOT coalesce(truth.victim, false)
