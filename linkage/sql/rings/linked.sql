-- The links inside each ring (its stars are counted apart, since a star stands for all pairs of its accounts).
-- The first end is looked up before the second: the planner would else pair all members of a ring with each other.
CREATE OR REPLACE TEMP TABLE ring_linked AS
WITH of_member AS MATERIALIZED (
    SELECT ring_member.ring, link.b, link.bits
    FROM link
    JOIN ring_member ON ring_member.account = link.a
    WHERE ring_member.role = 'member'
)
SELECT of_member.ring, count(*) AS links, round(avg(bits), 6) AS mean_bits, min(bits) AS min_bits
FROM of_member
JOIN ring_member AS other ON other.account = of_member.b
WHERE other.role = 'member' AND other.ring = of_member.ring
GROUP BY of_member.ring
