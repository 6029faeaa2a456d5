-- The links inside each ring (its stars are counted apart, since a star stands for all pairs of its accounts).
CREATE OR REPLACE TEMP TABLE ring_linked AS
SELECT ring_member.ring, count(*) AS links, round(avg(bits), 6) AS mean_bits, min(bits) AS min_bits
FROM link
JOIN ring_member ON ring_member.account = link.a
JOIN ring_member AS other ON other.account = link.b AND other.ring = ring_member.ring
WHERE ring_member.role = 'member' AND other.role = 'member'
GROUP BY ring_member.ring
