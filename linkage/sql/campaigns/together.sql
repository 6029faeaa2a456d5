-- Texts that the same members of a ring send: `members` of both, and of the rarer of the two. Of one account the rarest
-- $most are looked at, which bounds the join.
CREATE OR REPLACE TEMP TABLE campaign_together AS
WITH sent AS (
    SELECT ring, account, identifier, members
    FROM campaign_used
    JOIN ring_member USING (ring)
    JOIN holding USING (account, identifier)
    WHERE role = 'member'
    QUALIFY row_number() OVER (PARTITION BY account ORDER BY members, identifier) <= $most
)
SELECT
    one.ring,
    one.identifier AS first,
    other.identifier AS second,
    count(*) AS members,
    any_value(least(one.members, other.members)) AS rarer
FROM sent AS one
JOIN sent AS other ON other.account = one.account AND other.ring = one.ring AND other.identifier > one.identifier
GROUP BY ALL
