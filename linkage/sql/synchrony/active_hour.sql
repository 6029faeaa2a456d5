-- The hours (since 1970) in which each account sent something, and the hour in which it was created.
SELECT DISTINCT
    account.account,
    CAST(epoch_ms(exchanges.ts) // 3600000 AS INTEGER) AS hour,
    CAST(epoch_ms(coalesce(account.created_at, TIMESTAMP '1970-01-01')) // 3600000 AS INTEGER) AS created
FROM clean_exchanges AS exchanges
JOIN account USING (account_id)
WHERE exchanges.ts IS NOT NULL AND exchanges.ts >= $start
ORDER BY account.account, hour
