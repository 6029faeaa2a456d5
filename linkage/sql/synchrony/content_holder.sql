-- Who holds which text, for texts of enough accounts ($least).
SELECT raw_holding.kind, raw_holding.value_hash, account.account
FROM raw_holding
JOIN account ON hash(account.account_id) = raw_holding.account_hash
WHERE list_contains($kinds, raw_holding.kind)
QUALIFY count(*) OVER (PARTITION BY raw_holding.kind, raw_holding.value_hash) >= $least
ORDER BY raw_holding.kind, raw_holding.value_hash, account.account
