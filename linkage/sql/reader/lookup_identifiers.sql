-- At most 100 holders a value: more are read through the identifier itself.
SELECT
    identifier.name,
    account.account_id,
    identifier.kind, identifier.key, identifier.caption, identifier.family, identifier.accounts,
    identifier.degree, identifier.links, identifier.near_proof, identifier.supporting, identifier.reason
FROM identifier
JOIN holder USING (identifier)
JOIN account USING (account)
WHERE identifier.name IN (SELECT unnest($names::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY identifier.identifier ORDER BY account.account_id) <= 100
ORDER BY identifier.name, account.account_id
