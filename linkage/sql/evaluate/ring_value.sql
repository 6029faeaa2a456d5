-- How often a value is held inside a ring, and by all.
CREATE OR REPLACE TABLE ring_value AS
WITH inside AS (
    SELECT ring, kind, identifier, count(*) AS inside
    FROM line
    WHERE ring IS NOT NULL
    GROUP BY ring, kind, identifier
),
ring_total AS (
    SELECT ring, kind, sum(inside)::BIGINT AS ring_total
    FROM inside
    GROUP BY ring, kind
),
total AS (
    SELECT kind, count(*) AS total
    FROM line
    GROUP BY kind
),
holders AS (
    SELECT identifier, count(*) AS holders
    FROM line
    GROUP BY identifier
)
SELECT ring, kind, identifier, inside, ring_total, holders, total
FROM inside
JOIN ring_total USING (ring, kind)
JOIN total USING (kind)
JOIN holders USING (identifier)
