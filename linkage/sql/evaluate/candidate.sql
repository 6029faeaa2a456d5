-- Bits for "this unit belongs to that ring" from the values that both hold, against what the values' absence costs.
-- What the unit itself holds is taken out of both sides: nobody is evidence for himself. A cell is one party, so each
-- value counts once for it. Every cell is held against its own ring, whether they share a value or not.
CREATE OR REPLACE TABLE candidate AS
WITH held AS (
    SELECT line.unit, line.ring AS own_ring, line.kind, line.identifier, count(*) AS held
    FROM line
    GROUP BY ALL
),
met AS (
    SELECT
        held.unit,
        ring_value.ring,
        held.kind,
        held.held,
        held.own_ring IS NOT DISTINCT FROM ring_value.ring AS own,
        CASE WHEN own THEN inside - held.held ELSE inside END AS inside,
        CASE WHEN own THEN ring_total - unit_total.lines ELSE ring_total END AS ring_total,
        CASE WHEN own THEN holders - inside ELSE holders - inside - held.held END AS outside,
        greatest(CASE WHEN own THEN total - ring_total ELSE total - ring_total - unit_total.lines END, 0) AS rest
    FROM held
    JOIN ring_value USING (kind, identifier)
    JOIN unit_total USING (unit, kind)
    -- A value that is no commoner in the ring is none of its own.
    WHERE ring_value.inside * (ring_value.total - ring_value.ring_total + 1)
        >= $lift * (ring_value.holders - ring_value.inside + 0.5) * ring_value.ring_total
        AND (own OR ring_value.inside >= 2)
),
matched AS (
    SELECT
        met.unit,
        met.ring,
        bool_or(met.own) AS own,
        sum(
            log2(share.share * (met.inside / met.ring_total) / ((met.outside + 0.5) / (met.rest + 1)) + 1 - share.share)
            - log2(1 - share.share)
        ) AS bits
    FROM met
    JOIN share USING (ring, kind)
    WHERE met.inside >= 1 AND met.ring_total >= 1
    GROUP BY met.unit, met.ring
    UNION ALL
    SELECT unit, any_value(ring), true, 0
    FROM unit_total
    WHERE ring IS NOT NULL
    GROUP BY unit
),
missing AS (
    SELECT pair.unit, pair.ring, sum(unit_total.choices * log2(1 - share.share)) AS bits
    FROM (SELECT DISTINCT unit, ring FROM matched) AS pair
    JOIN unit_total USING (unit)
    JOIN share ON share.ring = pair.ring AND share.kind = unit_total.kind
    GROUP BY pair.unit, pair.ring
)
SELECT unit, ring, bool_or(own) AS own, sum(matched.bits) + coalesce(any_value(missing.bits), 0) AS bits
FROM matched
LEFT JOIN missing USING (unit, ring)
GROUP BY unit, ring
