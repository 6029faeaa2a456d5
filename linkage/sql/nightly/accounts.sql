SELECT account, account_id, created_at, status, plan, pathway, org_id, country, known
FROM account
ORDER BY account
