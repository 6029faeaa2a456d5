-- The values that two accounts of a ring or more hold.
CREATE TABLE share AS
SELECT member.ring_id, holding.identifier, count(*) AS members
FROM holding
JOIN member USING (account)
GROUP BY member.ring_id, holding.identifier
HAVING count(*) >= 2
ORDER BY member.ring_id, holding.identifier
