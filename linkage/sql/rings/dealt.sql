-- Cards, devices and lines that several members share though they have nothing else of a common life: at most half of
-- a thing's holders share any other thing, an organisation or a mail domain with another of its holders. Who shares a
-- card, a tablet or a line in a family, a team or an office shares more than that; what is dealt out to strangers cuts
-- across. Of an account the lines that it uses most count ($lines: at most so many): a pool of hundreds would be
-- compared with itself.
CREATE OR REPLACE TEMP TABLE ring_dealt AS
WITH line AS (
    SELECT ring, account, identifier, pooled AND class <> 'hosting' AS countable
    FROM ring_address
    JOIN ring_shared USING (ring, identifier)
    WHERE (pooled OR private) AND class NOT IN ('vpn', 'cgnat', 'mobile')
    QUALIFY row_number() OVER (PARTITION BY ring, account ORDER BY ring_address.sightings DESC, identifier) <= $lines
),
shared AS (
    SELECT ring, account, 'line' AS kind, identifier::VARCHAR AS value, countable
    FROM line
    UNION ALL
    SELECT ring_member.ring, account, ring_shared.kind, identifier::VARCHAR, ring_shared.kind <> 'email_domain'
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND (ring_shared.kind = 'card' OR private AND ring_shared.kind IN ('device', 'email_domain'))
    UNION ALL
    SELECT ring, account, 'org', org_id, false
    FROM ring_member
    JOIN account USING (account)
    WHERE role = 'member' AND org_id IS NOT NULL
),
met AS (
    SELECT DISTINCT ring, kind, value, account
    FROM (
        SELECT
            thing.ring,
            thing.kind,
            thing.value,
            account,
            count(*) OVER (PARTITION BY thing.ring, thing.kind, thing.value, other.kind, other.value) AS together
        FROM shared AS thing
        JOIN shared AS other USING (ring, account)
        WHERE thing.countable AND (thing.kind <> other.kind OR thing.value <> other.value)
    )
    WHERE together >= 2
),
thing AS (
    SELECT ring, kind, value, count(*) AS holders, count(met.account) AS met
    FROM shared
    LEFT JOIN met USING (ring, kind, value, account)
    WHERE countable
    GROUP BY ring, kind, value
)
SELECT
    ring,
    count(*) FILTER (kind = 'card') AS cards_apart,
    count(*) FILTER (kind = 'device') AS devices_apart,
    count(*) FILTER (kind = 'line') AS lines_apart
FROM thing
WHERE 2 * met <= holders AND holders >= 2
GROUP BY ring
