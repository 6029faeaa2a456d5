-- The families of evidence: the share of members that hold something private of it together with another member. Who
-- goes on where another was stopped tells of one party, and companies' own services do it: no ring is judged by that.
CREATE OR REPLACE TEMP TABLE ring_family AS
WITH scheduled AS (
    SELECT ring, max(holders)::DOUBLE / any_value(size) AS share
    FROM ring_shared
    WHERE kind = 'schedule' AND private
    GROUP BY ring
),
joined AS (
    SELECT ring, ring_shared.family, count(DISTINCT account)::DOUBLE / any_value(size) AS share
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    JOIN ring_kind ON ring_kind.name = ring_shared.kind
    WHERE
        role = 'member'
        AND private
        AND holders >= 2
        AND NOT support
        AND ring_shared.kind NOT IN ('hand_off', 'spare_account', 'pool_swap')
    GROUP BY ring, ring_shared.family
)
SELECT
    ring,
    count(*) FILTER (joined.share >= 0.1) AS families,
    max(joined.share) FILTER (family = 'payment') AS joined_payment,
    max(joined.share) FILTER (family = 'network') AS joined_network,
    max(joined.share) FILTER (family = 'device') AS joined_device,
    max(joined.share) FILTER (family = 'content') AS joined_content,
    max(joined.share) FILTER (family = 'registration') AS joined_registration,
    max(joined.share) FILTER (family = 'timing') AS joined_timing,
    max(joined.share) FILTER (family = 'lineage') AS joined_lineage,
    any_value(scheduled.share) AS scheduled
FROM joined
FULL JOIN scheduled USING (ring)
GROUP BY ring
