-- Who takes part in which campaign: members of the rings that use it by any of its texts, anybody else by two of them,
-- since one text may have leaked. An account whose key was stolen takes no part.
CREATE OR REPLACE TEMP TABLE campaign_part AS
WITH user AS (
    SELECT DISTINCT ring, campaign
    FROM campaign_used
    JOIN campaign_text USING (identifier)
),
sent AS (
    SELECT
        campaign,
        account,
        any_value(ring_member.ring) AS ring,
        count(*) AS texts,
        sum(holding."count")::BIGINT AS sightings,
        min(holding."first") AS "first",
        max(holding."last") AS "last"
    FROM campaign_text
    JOIN holding USING (identifier)
    LEFT JOIN ring_member USING (account)
    LEFT JOIN ring_verdict USING (ring)
    WHERE ring_member.role IS DISTINCT FROM 'victim' AND ring_verdict.verdict IS DISTINCT FROM 'benign'
    GROUP BY campaign, account
)
SELECT sent.*
FROM sent
LEFT JOIN user USING (ring, campaign)
WHERE user.ring IS NOT NULL OR texts >= 2
