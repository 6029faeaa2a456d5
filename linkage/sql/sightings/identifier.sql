-- Identifiers in canonical form. Those that at least two accounts hold come first, since only they can link; within
-- each half they are numbered by kind and key, so that the same input gives the same numbers.
CREATE OR REPLACE TABLE identifier AS
WITH holder AS (
    SELECT cleaned.kind, cleaned.key, count(DISTINCT seen.account_hash) AS accounts
    FROM cleaned
    JOIN seen ON seen.kind = cleaned.source_kind AND seen.value_hash = cleaned.value_hash
    GROUP BY ALL
)
SELECT
    CAST(row_number() OVER (ORDER BY accounts < 2, kind, key) - 1 AS INTEGER) AS identifier,
    kind,
    key,
    accounts
FROM holder
ORDER BY identifier
