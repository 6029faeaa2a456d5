-- Blocks of a ring's accounts that are linked as stars, those on the same values taken together.
CREATE TABLE ring_star AS
SELECT member.ring_id, star.first, star.second, count(DISTINCT member.account) AS members
FROM source_star_members AS joined
JOIN source_stars AS star USING (star)
JOIN member USING (account)
GROUP BY ALL
ORDER BY member.ring_id, members DESC
