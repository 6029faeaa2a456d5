-- Members who signed up within two days after another member's ban; and how many would by chance, if sign-ups fell
-- anywhere between the ring's first and last (or in the time that was seen, if that is longer).
CREATE OR REPLACE TEMP TABLE ring_replaced AS
WITH ban AS (
    SELECT ring, account AS banned, banned_at
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member' AND banned_at IS NOT NULL
),
born AS (
    SELECT ring, account, created_at
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member' AND created_at IS NOT NULL
),
after_ban AS (
    SELECT born.ring, born.created_at, ban.banned_at
    FROM born
    ASOF JOIN ban ON born.ring = ban.ring AND born.created_at >= ban.banned_at
),
counted AS (
    SELECT ring, count(*) FILTER (created_at < banned_at + INTERVAL 48 HOUR) AS replacements
    FROM after_ban
    GROUP BY ring
),
covered AS (
    -- Hours that lie within two days after a ban, each counted once.
    SELECT
        ring,
        sum(least(coalesce(date_diff('minute', banned_at, next_ban), 2880), 2880)) / 60.0 AS hours
    FROM (SELECT ring, banned_at, lead(banned_at) OVER (PARTITION BY ring ORDER BY banned_at) AS next_ban FROM ban)
    GROUP BY ring
),
lifetime AS (
    SELECT ring, count(*) AS born, greatest(date_diff('hour', min(created_at), max(created_at)), 720) AS hours
    FROM born
    GROUP BY ring
)
SELECT ring, replacements, lifetime.born * covered.hours / lifetime.hours AS replacements_by_chance
FROM counted
JOIN covered USING (ring)
JOIN lifetime USING (ring)
