-- The overlap of campaigns and rings, counted in accounts; members of a ring are those that are no victims.
WITH whole AS (
    SELECT ring, count(*) AS members
    FROM ring_member
    WHERE role = 'member'
    GROUP BY ring
),
size AS (
    SELECT campaign, count(*) AS accounts
    FROM campaign_part
    GROUP BY campaign
)
SELECT
    campaign_id,
    ring_id,
    count(*)::BIGINT AS accounts,
    round(count(*) / any_value(whole.members)::DOUBLE, 6) AS ring_share,
    round(count(*) / any_value(size.accounts)::DOUBLE, 6) AS campaign_share
FROM campaign_part
JOIN campaign_name USING (campaign)
JOIN ring_verdict USING (ring)
JOIN whole USING (ring)
JOIN size USING (campaign)
GROUP BY campaign_id, ring_id
ORDER BY campaign_id, accounts DESC, ring_id
