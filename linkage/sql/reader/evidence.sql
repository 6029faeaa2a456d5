SELECT
    link.account_a, link.account_b,
    identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
    evidence.bits, evidence.first, evidence.last, evidence.count
FROM link
JOIN evidence USING (link)
JOIN identifier USING (identifier)
WHERE (link.account_a, link.account_b) IN (SELECT unnest($firsts::VARCHAR[]), unnest($seconds::VARCHAR[]))
ORDER BY link.account_a, link.account_b, evidence.bits DESC, identifier.kind, identifier.key
