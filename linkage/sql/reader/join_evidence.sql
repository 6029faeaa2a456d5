SELECT
    ring_join.account_a, ring_join.account_b,
    identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
    join_evidence.bits, join_evidence.first, join_evidence.last, join_evidence.count
FROM ring_join
JOIN join_evidence USING ("join")
JOIN identifier USING (identifier)
WHERE (ring_join.account_a, ring_join.account_b) IN (
    SELECT unnest($firsts::VARCHAR[]), unnest($seconds::VARCHAR[])
)
ORDER BY ring_join.account_a, ring_join.account_b, join_evidence.bits DESC, identifier.kind, identifier.key
