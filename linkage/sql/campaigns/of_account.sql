-- One campaign for each member of a ring: its own, the one that it sends most of; else that of its ring, where a good part
-- ($share) of the members work for one. Victims and members of benign rings have none.
WITH own AS (
    SELECT account, campaign
    FROM campaign_part
    QUALIFY row_number() OVER (PARTITION BY account ORDER BY sightings DESC, texts DESC, campaign) = 1
),
foremost AS (
    SELECT ring, campaign, count(*) AS accounts
    FROM ring_member
    JOIN own USING (account)
    WHERE role = 'member'
    GROUP BY ring, campaign
    QUALIFY row_number() OVER (PARTITION BY ring ORDER BY count(*) DESC, campaign) = 1
),
whole AS (
    SELECT ring, count(*) AS members
    FROM ring_member
    WHERE role = 'member'
    GROUP BY ring
),
of_ring AS (
    SELECT ring, campaign
    FROM foremost
    JOIN whole USING (ring)
    WHERE accounts >= $share * members
)
SELECT account_id, campaign_id
FROM ring_member
JOIN account USING (account)
JOIN ring_verdict USING (ring)
LEFT JOIN own USING (account)
LEFT JOIN of_ring USING (ring)
JOIN campaign_name ON campaign_name.campaign = coalesce(own.campaign, of_ring.campaign)
WHERE role = 'member' AND verdict <> 'benign'
ORDER BY account_id
