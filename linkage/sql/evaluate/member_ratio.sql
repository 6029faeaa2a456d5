-- For each value of each member: how much likelier it is among the rest of the ring than outside. The rest is what other
-- cells hold, or other accounts where the ring is a single cell.
WITH own AS (
    SELECT unit, kind, identifier, count(*) AS held
    FROM line
    WHERE ring IS NOT NULL
    GROUP BY unit, kind, identifier
),
account_total AS (
    SELECT account, kind, count(*) AS lines
    FROM line
    WHERE ring IS NOT NULL
    GROUP BY account, kind
)
SELECT
    line.ring,
    line.kind,
    CASE
        WHEN ring_total > unit_total.lines THEN (inside - held) / (ring_total - unit_total.lines)
        ELSE coalesce((inside - 1) / nullif(ring_total - account_total.lines, 0), 0)
    END / ((holders - inside + 0.5) / (total - ring_total + 1)) AS ratio
FROM line
JOIN ring_value USING (ring, kind, identifier)
JOIN own USING (unit, kind, identifier)
JOIN unit_total USING (unit, kind)
JOIN account_total USING (account, kind)
ORDER BY line.ring, line.kind, line.account, line.identifier
