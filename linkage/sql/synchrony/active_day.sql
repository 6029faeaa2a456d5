-- The newest days on which each account sent something (`hours` has a bit an hour, UTC), the hour (since 1970) from
-- which they are looked at, and the hour of the account's creation.
SELECT
    account.account,
    profile_day.day,
    profile_day.hours,
    recent.since,
    CAST(epoch_ms(coalesce(account.created_at, TIMESTAMP '1970-01-01')) // 3600000 AS INTEGER) AS created
FROM profile_day
JOIN account USING (account_id)
CROSS JOIN (
    SELECT CAST(epoch_ms(max(last) - to_days($days)) // 3600000 AS INTEGER) AS since
    FROM profile_day
) AS recent
WHERE profile_day.day >= recent.since // 24
ORDER BY account.account, profile_day.day
