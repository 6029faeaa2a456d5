-- Cards that pay for several members who otherwise have nothing of a common life: at most half of a card's payers share
-- a line, a device, an organisation or a mail domain with another payer of that card. Families and teams do.
CREATE OR REPLACE TEMP TABLE ring_supply AS
WITH payer AS (
    SELECT ring_member.ring, account, holding.identifier AS card
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND ring_shared.kind = 'card'
),
place AS (
    SELECT ring_address.ring, account, 'line:' || identifier AS place
    FROM ring_address
    JOIN ring_shared USING (ring, identifier)
    WHERE (pooled OR private) AND class NOT IN ('vpn', 'cgnat', 'mobile')
    UNION ALL
    SELECT ring, account, 'held:' || identifier
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND private AND kind IN ('device', 'email_domain')
    UNION ALL
    SELECT ring, account, 'org:' || org_id
    FROM ring_member
    JOIN account USING (account)
    WHERE role = 'member' AND org_id IS NOT NULL
),
met AS (
    SELECT DISTINCT ring, card, account
    FROM (
        SELECT ring, card, account, count(*) OVER (PARTITION BY ring, card, place) AS payers
        FROM payer
        JOIN place USING (ring, account)
    )
    WHERE payers >= 2
),
card AS (
    SELECT ring, card, count(*) AS payers, count(met.account) AS met
    FROM payer
    LEFT JOIN met USING (ring, card, account)
    GROUP BY ring, card
)
SELECT ring, count(*) FILTER (2 * met <= payers) AS cards_apart
FROM card
GROUP BY ring
