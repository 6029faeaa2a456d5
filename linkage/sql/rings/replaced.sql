-- Bans that a sign-up in the ring follows within two days, and how many would be followed by chance, if bans fell
-- anywhere between the ring's first and last sign-up (or in the time that was seen, if that is longer). Sign-ups come in
-- bursts, so bans are counted: a company that signs on its staff on one day has not replaced anybody twenty times.
CREATE OR REPLACE TEMP TABLE ring_replaced AS
WITH ban AS (
    SELECT ring, banned_at
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member' AND banned_at IS NOT NULL
),
born AS (
    SELECT ring, created_at
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member' AND created_at IS NOT NULL
),
-- Bans within two days of each other are one wave; the sign-ups from its first until two days after its last answer
-- it.
wave AS (
    SELECT
        ring,
        banned_at,
        sum(CAST(coalesce(banned_at > before + INTERVAL 48 HOUR, true) AS INTEGER)) OVER (
            PARTITION BY ring ORDER BY banned_at
        ) AS wave
    FROM (SELECT *, lag(banned_at) OVER (PARTITION BY ring ORDER BY banned_at) AS before FROM ban)
),
span AS (
    SELECT ring, wave, count(*) AS bans, min(banned_at) AS begins, max(banned_at) + INTERVAL 48 HOUR AS ends
    FROM wave
    GROUP BY ring, wave
),
answered AS (
    SELECT span.ring, wave, bans, least(bans, count(created_at)) AS replacements
    FROM span
    LEFT JOIN born ON born.ring = span.ring AND created_at > begins AND created_at < ends
    GROUP BY span.ring, wave, bans
),
covered AS (
    -- Hours that a sign-up follows within two days, each counted once.
    SELECT
        ring,
        sum(least(coalesce(date_diff('minute', before, created_at), 2880), 2880)) / 60.0 AS hours,
        greatest(date_diff('hour', min(created_at), max(created_at)), 720) AS lifetime
    FROM (SELECT *, lag(created_at) OVER (PARTITION BY ring ORDER BY created_at) AS before FROM born)
    GROUP BY ring
)
SELECT
    ring,
    sum(replacements)::BIGINT AS replacements,
    sum(bans) * least(any_value(hours) / any_value(lifetime), 1) AS replacements_by_chance
FROM answered
JOIN covered USING (ring)
GROUP BY ring
