SELECT one.kind, one.key, other.kind, other.key, star_member.account_id, star_member.bits
FROM star_member
JOIN identifier AS one ON one.identifier = star_member.first
LEFT JOIN identifier AS other ON other.identifier = star_member.second
WHERE
    star_member.ring_id = $ring
    AND list_contains($names::VARCHAR[], one.name || coalesce(chr(0) || other.name, ''))
ORDER BY star_member.bits DESC, star_member.account_id, one.name, other.name
LIMIT $limit
