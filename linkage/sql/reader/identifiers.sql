SELECT
    kind, key, caption, family, accounts, degree, links, near_proof, supporting, reason
FROM identifier
WHERE list_contains($names::VARCHAR[], name)
