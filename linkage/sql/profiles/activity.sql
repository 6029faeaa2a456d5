-- One row an account: the shape of its days. `ramp` is the share of its volume in the first fifth of its active days
-- against the fifth that even use gives (below 1: it started slowly); `pause` the longest run of hours of the day in
-- which it was never seen (night, for a person); `evenness` the CV of its daily volume over its span, in days.
CREATE OR REPLACE TEMP TABLE profile_activity AS
WITH total AS (
    SELECT
        account_id,
        sum(exchanges)::BIGINT AS exchanges,
        count(*) AS active_days,
        bit_or(hours) AS hours,
        bit_count(bit_or(marks)) AS models,
        sum(tokens_in)::BIGINT AS tokens_in,
        sum(tokens_out)::BIGINT AS tokens_out,
        sum(refused)::DOUBLE / nullif(sum(answered), 0) AS refused_share,
        max(exchanges)::DOUBLE / sum(exchanges) AS peak_share,
        min(first) AS first_activity,
        max(last) AS last_activity,
        sum(fresh)::BIGINT AS fresh,
        sum(chances)::BIGINT AS chances,
        min(day) AS first_day,
        max(day) - min(day) + 1 AS span_days,
        sum(exchanges * exchanges)::DOUBLE AS squares
    FROM profile_day
    GROUP BY account_id
),
early AS (
    SELECT account_id, sum(profile_day.exchanges * greatest(least(first_day + span_days / 5.0 - day, 1), 0)) AS exchanges
    FROM profile_day
    JOIN total USING (account_id)
    WHERE day < first_day + span_days / 5.0
    GROUP BY account_id
)
SELECT
    total.* EXCLUDE (squares, first_day),
    CASE WHEN span_days >= 5 THEN 5.0 * early.exchanges / total.exchanges END AS ramp,
    CASE
        WHEN span_days >= 5 THEN sqrt(greatest(squares / span_days - (total.exchanges::DOUBLE / span_days) ** 2, 0))
            / (total.exchanges::DOUBLE / span_days)
    END AS evenness,
    -- The day is written twice, so that a pause over midnight is one run of zeros.
    list_max(list_transform(
        string_split(repeat(lpad(bin(hours), 24, '0'), 2), '1'), lambda run: least(length(run), 24)
    )) AS pause
FROM total
LEFT JOIN early USING (account_id)
