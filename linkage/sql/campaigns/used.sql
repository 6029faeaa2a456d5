-- The texts of each suspected ring: those that two of its members or more send, and that such rings own, which is when a
-- good part ($owned) of all who send them is in one. A text that everybody sends (a hub) is nobody's.
CREATE OR REPLACE TEMP TABLE campaign_used AS
WITH suspect AS (
    SELECT account, ring
    FROM ring_member
    JOIN ring_verdict USING (ring)
    WHERE role = 'member' AND verdict <> 'benign'
),
sent AS (
    SELECT identifier, ring, count(*) AS members
    FROM holding
    JOIN suspect USING (account)
    JOIN linking USING (identifier)
    JOIN identifier USING (identifier)
    JOIN ring_kind USING (kind)
    WHERE ring_kind.family = 'content' AND NOT ring_kind.support
    GROUP BY identifier, ring
),
owned AS (
    SELECT identifier
    FROM sent
    JOIN identifier USING (identifier)
    GROUP BY identifier, identifier.accounts
    HAVING sum(members) >= $owned * identifier.accounts
)
SELECT ring, identifier, members
FROM sent
JOIN owned USING (identifier)
WHERE members >= 2
