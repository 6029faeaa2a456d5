SELECT
    member.account_id,
    identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason,
    holder.first, holder.last, holder.count
FROM holder
JOIN member USING (account)
JOIN identifier USING (identifier)
WHERE
    member.ring_id = $ring
    AND holder.identifier IN (SELECT identifier FROM identifier WHERE list_contains($names::VARCHAR[], name))
ORDER BY holder.count DESC, member.account_id, identifier.name
LIMIT $limit
