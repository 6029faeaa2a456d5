-- The one scan of the exchanges: what each account did on each day (UTC). `hours` has a bit an hour of the day, `marks`
-- a bit a model; `fresh` counts exchanges with a model in its first 48 hours, `chances` all those in such hours.
CREATE OR REPLACE TEMP TABLE profile_day AS
WITH moment AS (
    SELECT coalesce(min(released_at), TIMESTAMP '2262-01-01') AS since, coalesce(max(released_at), TIMESTAMP '1970-01-01') AS until
    FROM profile_model
    WHERE released_at > (SELECT min(ts) FROM clean_exchanges)
)
SELECT
    account_id,
    CAST(epoch_us(ts) // 86400000000 AS INTEGER) AS day,
    count(*) AS exchanges,
    sum(input_tokens) AS tokens_in,
    sum(output_tokens) AS tokens_out,
    count(*) FILTER (status_code = 429) AS refused,
    count(status_code) AS answered,
    bit_or(CAST(1 AS UINTEGER) << CAST(hour(ts) AS UINTEGER)) AS hours,
    bit_or(mark) AS marks,
    min(ts) AS first,
    max(ts) AS last,
    count(*) FILTER (ts >= released_at AND ts < released_at + INTERVAL 48 HOUR AND released_at >= since) AS fresh,
    count(*) FILTER (ts >= since AND ts < until + INTERVAL 48 HOUR) AS chances
FROM clean_exchanges
LEFT JOIN profile_model USING (model)
CROSS JOIN moment
GROUP BY ALL
