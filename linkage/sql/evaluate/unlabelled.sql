SELECT count(DISTINCT account_id) AS accounts
FROM memberships
WHERE NOT EXISTS (SELECT 1 FROM truth WHERE truth.account_id = CAST(memberships.account_id AS VARCHAR))
