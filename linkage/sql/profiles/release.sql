-- Models with a bit each, so that "how many" is one OR in the scan; and those that came out while traffic was seen.
CREATE OR REPLACE TEMP TABLE profile_model AS
SELECT
    model,
    released_at,
    CAST(1 AS UBIGINT) << ((row_number() OVER (ORDER BY model) - 1) % 60) AS mark
FROM clean_releases
