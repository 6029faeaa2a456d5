SELECT account_id
FROM account
WHERE list_contains($ids::VARCHAR[], account_id)
