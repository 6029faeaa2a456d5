-- Who of a ring is in which of its stars.
CREATE TABLE star_member AS
SELECT member.ring_id, star.first, star.second, member.account_id, max(joined.bits) AS bits
FROM source_star_members AS joined
JOIN source_stars AS star USING (star)
JOIN member USING (account)
GROUP BY ALL
ORDER BY member.ring_id, star.first, star.second
