-- Identifiers in canonical form. Those that at least two accounts hold come first, since only they can link, numbered by
-- kind and key, so that the same input gives the same numbers. The others, which are nearly all, are not worth a sort:
-- their order matters to nothing.
CREATE OR REPLACE TABLE identifier AS
WITH known AS MATERIALIZED (
    SELECT kind, key, accounts, number
    FROM (SELECT number, count(*) AS accounts FROM held GROUP BY number)
    JOIN key_number USING (number)
),
numbered AS (
    SELECT row_number() OVER (ORDER BY kind, key) - 1 AS identifier, kind, key, accounts, number
    FROM known
    WHERE accounts >= 2
    UNION ALL
    SELECT
        (SELECT count(*) FROM known WHERE accounts >= 2) + row_number() OVER () - 1,
        kind,
        key,
        accounts,
        number
    FROM known
    WHERE accounts < 2
)
SELECT CAST(identifier AS INTEGER) AS identifier, kind, key, accounts, number
FROM numbered
