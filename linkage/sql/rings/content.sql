-- Texts: how many members use the ring's private templates, and how much of their traffic these are.
CREATE OR REPLACE TEMP TABLE ring_content AS
WITH text AS (
    SELECT ring, account, identifier, ring_shared.kind, holders, size, "count"
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND private AND ring_shared.kind IN ('template', 'system_prompt', 'tools')
),
volume AS (
    SELECT ring, sum(exchanges) AS exchanges
    FROM ring_member
    JOIN profile USING (account)
    WHERE role = 'member'
    GROUP BY ring
)
SELECT
    ring,
    count(DISTINCT account) FILTER (kind = 'template')::DOUBLE / any_value(size) AS template_members,
    max(holders) FILTER (kind = 'template')::DOUBLE / any_value(size) AS main_template_members,
    sum("count") FILTER (kind = 'template') / any_value(exchanges)::DOUBLE AS template_share,
    count(DISTINCT identifier) FILTER (kind = 'template') AS templates,
    count(DISTINCT account) FILTER (kind <> 'template')::DOUBLE / any_value(size) AS tool_members
FROM text
JOIN volume USING (ring)
GROUP BY ring
