SELECT
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason
FROM identifier
WHERE starts_with(key, $text)
ORDER BY accounts DESC, name
LIMIT $limit
