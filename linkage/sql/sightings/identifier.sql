-- Identifiers in canonical form. Those that at least two accounts hold come first, since only they can link, numbered by
-- kind and key, so that the same input gives the same numbers. The order of the others matters to nothing.
CREATE OR REPLACE TABLE identifier AS
WITH holders AS (
    SELECT number, count(*) AS accounts
    FROM held
    GROUP BY number
)
SELECT
    CAST(
        row_number() OVER (
            ORDER BY accounts < 2, CASE WHEN accounts >= 2 THEN kind END, CASE WHEN accounts >= 2 THEN key END
        ) - 1 AS INTEGER
    ) AS identifier,
    kind,
    key,
    accounts,
    number
FROM holders
JOIN key_number USING (number)
