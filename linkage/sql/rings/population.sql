-- What is usual here: the rates that a ring is compared with.
CREATE OR REPLACE TABLE population AS
SELECT
    count(*) AS accounts,
    avg(CAST(banned AS INTEGER)) AS banned_share,
    avg(CAST(prepaid_share >= 0.5 AS INTEGER)) AS prepaid_share,
    avg(CAST(fresh >= 0.25 * chances AS INTEGER)) FILTER (chances >= 4) AS release_share,
    avg(CAST(chargebacks > 0 AS INTEGER)) AS chargeback_share,
    avg(CAST(declined > 0 AS INTEGER)) AS declined_share,
    round(stddev_pop(exchanges) / nullif(avg(exchanges), 0), 6) AS volume_cv,
    avg(CAST(pause <= 3 AS INTEGER)) FILTER (exchanges >= 50) AS round_clock_share,
    avg(CAST(ramp >= 0.8 AS INTEGER)) FILTER (ramp IS NOT NULL AND days_to_start < 2) AS no_ramp_share,
    min(first_activity) AS since,
    max(last_activity) AS until
FROM profile
