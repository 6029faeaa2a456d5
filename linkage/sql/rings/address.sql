-- The addresses of members and what is known of them. `pooled`: several members come from it, and it is neither an
-- exit that anybody may use nor the line of an employer or a school. (Rented pools serve several rings, so outsiders may
-- use it too, but not thousands of them.)
CREATE OR REPLACE TEMP TABLE ring_address AS
SELECT
    ring_member.ring,
    account,
    identifier,
    holding."count" AS sightings,
    coalesce(ring_shared.holders, 1) AS holders,
    coalesce(network.class, 'unknown') AS class,
    network.country,
    account.country AS home,
    coalesce(ring_shared.holders >= 2 AND identifier.accounts <= 3 * ring_shared.holders + greatest(20, 0.002 * population.accounts), false)
        AND coalesce(network.class, 'unknown') NOT IN ('vpn', 'cgnat', 'mobile', 'corporate', 'education') AS pooled
FROM ring_member
JOIN account USING (account)
JOIN holding USING (account)
JOIN identifier USING (identifier)
JOIN kind_number ON kind_number.kind = identifier.kind AND kind_number.name = 'ip'
CROSS JOIN population
LEFT JOIN network ON network.key = identifier.key
LEFT JOIN ring_shared ON ring_shared.ring = ring_member.ring AND ring_shared.identifier = holding.identifier
WHERE role = 'member'
