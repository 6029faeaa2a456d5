-- Size, dates, volume and rhythm of each ring's members.
CREATE OR REPLACE TEMP TABLE ring_base AS
WITH person AS (
    SELECT ring_member.ring, profile.*
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member'
),
burst AS (
    SELECT
        ring,
        count(*) OVER (
            PARTITION BY ring ORDER BY created_at RANGE BETWEEN CURRENT ROW AND INTERVAL 72 HOUR FOLLOWING
        ) AS together
    FROM person
    WHERE created_at IS NOT NULL
),
densest AS (
    SELECT ring, max(together) AS together
    FROM burst
    GROUP BY ring
),
everyone AS (
    SELECT ring, count(*) FILTER (role = 'victim') AS victims
    FROM ring_member
    GROUP BY ring
)
SELECT
    ring,
    count(*) AS size,
    any_value(everyone.victims) AS victims,
    min(created_at) AS first_created,
    max(created_at) AS last_created,
    min(first_activity) AS first_seen,
    max(last_activity) AS last_seen,
    any_value(densest.together)::DOUBLE / nullif(count(created_at), 0) AS creation_burst,
    round(avg(volume_rank), 6) AS volume_rank,
    sum(exchanges)::BIGINT AS exchanges,
    CASE WHEN count(exchanges) >= 3 THEN round(stddev_pop(exchanges) / avg(exchanges), 6) END AS load_cv,
    count(*) FILTER (ramp >= 0.8 AND days_to_start < 2)::DOUBLE AS no_ramp,
    count(ramp) FILTER (days_to_start < 2) AS ramp_known,
    count(*) FILTER (pause <= 3 AND exchanges >= 50)::DOUBLE AS round_clock,
    count(*) FILTER (exchanges >= 50) AS round_clock_known,
    count(*) FILTER (active_days >= $busy_days)::DOUBLE AS busy,
    sum(fresh)::DOUBLE / nullif(sum(chances), 0) AS release_share,
    count(*) FILTER (fresh >= 0.25 * chances AND chances >= 4)::DOUBLE AS release_movers,
    count(*) FILTER (chances >= 4) AS release_known,
    round(avg(plan_use), 6) AS plan_use,
    count(*) FILTER (banned)::DOUBLE AS banned,
    count(*) FILTER (prepaid_share >= 0.5)::DOUBLE AS prepaid,
    count(prepaid_share) AS funded,
    count(*) FILTER (chargebacks > 0)::DOUBLE AS chargeback_members,
    count(*) FILTER (declined > 0)::DOUBLE AS declined_members,
    count(payments) AS paying_members,
    avg(CAST(pathway = 'education' OR plan = 'education' AS INTEGER)) AS education_share,
    count(DISTINCT country) AS countries
FROM person
LEFT JOIN densest USING (ring)
LEFT JOIN everyone USING (ring)
GROUP BY ring
