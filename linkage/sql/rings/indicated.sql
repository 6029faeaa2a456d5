-- Members that use what the indicators of others name. What many others use too (a carrier's address, the exit of a
-- VPN) says nothing of the ring. `usual`: what so many of all accounts show, who are named by chance.
CREATE OR REPLACE TEMP TABLE ring_indicated AS
WITH held AS (
    SELECT
        ring,
        account,
        identifier,
        identifier.accounts,
        confidence,
        sources,
        count(*) OVER (PARTITION BY ring, identifier) AS holders
    FROM ring_member
    JOIN holding USING (account)
    JOIN indicated USING (identifier)
    JOIN identifier USING (identifier)
    WHERE role = 'member'
),
told AS (
    SELECT ring, account, max(confidence) AS confidence
    FROM held
    WHERE accounts <= 3 * holders + 2
    GROUP BY ring, account
),
named AS (
    SELECT ring, count(DISTINCT identifier) AS indicators, list_sort(list_distinct(flatten(list(sources)))) AS sources
    FROM held
    WHERE accounts <= 3 * holders + 2
    GROUP BY ring
),
usual AS (
    SELECT count(DISTINCT account) / any_value(population.accounts)::DOUBLE AS usual
    FROM holding
    JOIN indicated USING (identifier)
    JOIN identifier USING (identifier)
    CROSS JOIN population
    WHERE identifier.accounts <= 5
)
SELECT
    ring,
    count(*)::DOUBLE AS indicated,
    -- In one order: a sum of fractions depends on it, and threads would else choose it.
    sum(confidence ORDER BY confidence) AS indicated_surely,
    any_value(indicators) AS indicators,
    coalesce(nullif(array_to_string(any_value(sources), ', '), ''), 'somebody') AS indicator_sources,
    any_value(usual) AS usual
FROM told
JOIN named USING (ring)
CROSS JOIN usual
GROUP BY ring
