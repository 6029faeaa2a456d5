-- Accounts that act on at least so many days ($days).
SELECT account
FROM profile
WHERE active_days >= $days
ORDER BY account
