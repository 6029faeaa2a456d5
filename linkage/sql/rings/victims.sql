-- A borrowed account: what ties it to its ring lies inside a short part of a longer life of its own, before and after
-- which it has addresses, devices or texts that no other member has. Only so many of a ring can be borrowed ($most:
-- largest share; $most_sending: of accounts that sent the ring's texts, since those who only sat in one room send none,
-- and where two others remain).
CREATE OR REPLACE TABLE ring_member AS
WITH dated AS (
    SELECT
        ring,
        account,
        holding."first",
        holding."last",
        holding."count",
        ring_shared.private,
        ring_kind.family = 'content' AS is_text
    FROM ring_member
    JOIN holding USING (account)
    JOIN identifier USING (identifier)
    JOIN ring_kind USING (kind)
    LEFT JOIN ring_shared USING (ring, identifier)
    WHERE ring_kind.used
),
life AS (
    SELECT
        ring,
        account,
        min("first") FILTER (private) AS tied_from,
        max("last") FILTER (private) AS tied_until,
        coalesce(sum("count") FILTER (private), 0) AS tied_count,
        coalesce(bool_or(private AND is_text), false) AS sent,
        min("first") FILTER (private IS NULL) AS own_from,
        max("last") FILTER (private IS NULL) AS own_until,
        coalesce(sum("count") FILTER (private IS NULL), 0) AS own_count
    FROM dated
    GROUP BY ring, account
),
judged AS (
    SELECT
        life.ring,
        account,
        sent,
        tied_until - tied_from <= $short_hours
            -- The life of its own is several times longer, and not only after the ring came.
            AND greatest(own_until - tied_until, 0) + greatest(tied_from - own_from, 0) >= $longer * greatest(tied_until - tied_from, 48)
            AND tied_from - own_from >= 48
            AND own_count >= 10
            AND date_diff('hour', created_at, make_timestamp(tied_from * 3600000000)) >= $age_hours AS borrowed
    FROM life
    JOIN account USING (account)
),
ring_share AS (
    SELECT
        ring,
        avg(CAST(coalesce(borrowed, false) AS INTEGER)) AS borrowed_share,
        count(*) FILTER (NOT coalesce(borrowed AND sent, false)) AS others
    FROM judged
    GROUP BY ring
)
SELECT
    ring_member.account,
    ring_member.ring,
    CASE
        WHEN coalesce(borrowed, false) AND borrowed_share <= CASE WHEN sent AND others >= 2 THEN $most_sending ELSE $most END THEN 'victim'
        ELSE 'member'
    END AS role
FROM ring_member
LEFT JOIN judged USING (ring, account)
LEFT JOIN ring_share USING (ring)
