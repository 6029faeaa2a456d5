-- Each unit's hours: how many of its accounts were seen on which day (since 1970) in which hour of a weekday or weekend.
CREATE OR REPLACE TABLE moment AS
WITH seen AS (
    SELECT DISTINCT account_id, epoch_ms(ts) // 3600000 AS hour
    FROM clean_exchanges
    WHERE ts IS NOT NULL
)
SELECT
    unit.unit,
    unit.ring,
    hour // 24 AS day,
    -- The epoch began on a Thursday.
    (hour // 24 + 3) % 7 >= 5 AS weekend,
    hour % 24 AS slot,
    count(*) AS seen
FROM seen
JOIN account USING (account_id)
JOIN unit USING (account)
GROUP BY ALL
