-- The hours (since 1970) of the newest days in which each account sent something, and the hour of its creation.
SELECT DISTINCT
    account.account,
    CAST(epoch_ms(exchanges.ts) // 3600000 AS INTEGER) AS hour,
    CAST(epoch_ms(coalesce(account.created_at, TIMESTAMP '1970-01-01')) // 3600000 AS INTEGER) AS created
FROM clean_exchanges AS exchanges
JOIN account USING (account_id)
WHERE exchanges.ts >= (SELECT max(ts) FROM clean_exchanges) - to_days($days)
ORDER BY account.account, hour
