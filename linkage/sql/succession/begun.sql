-- When each account first sent anything, and when it was created (ms since 1970; NULL: not known).
SELECT account.account, epoch_ms(min(first)) AS begin, epoch_ms(any_value(account.created_at)) AS created
FROM profile_day
JOIN account USING (account_id)
GROUP BY account.account
ORDER BY account.account
