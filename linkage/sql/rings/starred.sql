CREATE OR REPLACE TEMP TABLE ring_starred AS
SELECT ring, count(DISTINCT star) AS stars, round(avg(bits), 6) AS star_bits
FROM star_member
JOIN ring_member USING (account)
WHERE role = 'member'
GROUP BY ring
