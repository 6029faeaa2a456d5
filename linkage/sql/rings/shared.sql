-- What at least two members of a ring hold, or of texts one and borrowed accounts. `private`: the ring holds a good part of all there is of it, or its
-- members hold it 200 times as often as anyone (a campaign that runs over several rings). What only one member and
-- borrowed accounts hold is not the ring's, unless it is a text: it was sent while they were borrowed. `holders` are
-- members.
CREATE OR REPLACE TABLE ring_shared AS
WITH size AS (
    SELECT ring, count(*) AS size
    FROM ring_member
    WHERE role = 'member'
    GROUP BY ring
),
held AS (
    SELECT
        ring,
        identifier,
        count(*) FILTER (role = 'member') AS holders,
        count(*) AS everyone,
        sum("count") FILTER (role = 'member')::BIGINT AS sightings
    FROM ring_member
    JOIN holding USING (account)
    GROUP BY ring, identifier
    HAVING holders >= 1 AND everyone >= 2
)
SELECT
    held.ring,
    held.identifier,
    kind_number.name AS kind,
    family,
    size,
    holders,
    sightings,
    identifier.accounts,
    identifier.accounts <= 3 * everyone + 2
        OR holders * population.accounts >= 200.0 * size * identifier.accounts AS private
FROM held
JOIN size USING (ring)
JOIN identifier USING (identifier)
JOIN kind_number USING (kind)
JOIN ring_kind USING (kind)
CROSS JOIN population
WHERE holders >= 2 OR family = 'content'
