-- Bits from acting in the hours that are the ring's on that very day, given how busy it is that day and at that hour of
-- the day: working hours, a time zone or a late start alone say nothing.
WITH wanted AS (
    SELECT DISTINCT ring FROM contender
),
ring_hour AS (
    SELECT ring, day, weekend, slot, sum(seen) AS seen FROM moment JOIN wanted USING (ring) GROUP BY ALL
),
ring_day AS (
    SELECT ring, day, sum(seen) AS seen FROM ring_hour GROUP BY ALL
),
ring_slot AS (
    SELECT ring, weekend, slot, sum(seen) AS seen FROM ring_hour GROUP BY ALL
),
ring_week AS (
    SELECT ring, weekend, sum(seen) AS seen FROM ring_hour GROUP BY ALL
),
own_day AS (
    SELECT unit, day, sum(seen) AS seen FROM moment WHERE ring IS NOT NULL GROUP BY ALL
),
own_slot AS (
    SELECT unit, weekend, slot, sum(seen) AS seen FROM moment WHERE ring IS NOT NULL GROUP BY ALL
),
own_week AS (
    SELECT unit, weekend, sum(seen) AS seen FROM moment WHERE ring IS NOT NULL GROUP BY ALL
),
met AS (
    SELECT
        contender.unit,
        contender.ring,
        moment.seen,
        coalesce(ring_hour.seen, 0) - CASE WHEN own THEN moment.seen ELSE 0 END AS here,
        coalesce(ring_day.seen, 0) - CASE WHEN own THEN own_day.seen ELSE 0 END AS on_day,
        coalesce(ring_slot.seen, 0) - CASE WHEN own THEN own_slot.seen ELSE 0 END AS in_slot,
        coalesce(ring_week.seen, 0) - CASE WHEN own THEN own_week.seen ELSE 0 END AS in_week
    FROM contender
    JOIN moment USING (unit)
    LEFT JOIN ring_hour
        ON ring_hour.ring = contender.ring AND ring_hour.day = moment.day AND ring_hour.slot = moment.slot
    LEFT JOIN ring_day ON ring_day.ring = contender.ring AND ring_day.day = moment.day
    LEFT JOIN ring_slot
        ON ring_slot.ring = contender.ring AND ring_slot.weekend = moment.weekend AND ring_slot.slot = moment.slot
    LEFT JOIN ring_week ON ring_week.ring = contender.ring AND ring_week.weekend = moment.weekend
    LEFT JOIN own_day ON own_day.unit = contender.unit AND own_day.day = moment.day
    LEFT JOIN own_slot
        ON own_slot.unit = contender.unit AND own_slot.weekend = moment.weekend AND own_slot.slot = moment.slot
    LEFT JOIN own_week ON own_week.unit = contender.unit AND own_week.weekend = moment.weekend
)
SELECT
    unit,
    ring,
    sum(greatest(least(
        log2((here + $prior) / (coalesce(on_day * in_slot / nullif(in_week, 0), 0) + $prior)), $most
    ), -$most)) AS bits
FROM met
GROUP BY unit, ring
ORDER BY unit, ring
