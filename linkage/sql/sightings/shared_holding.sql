SELECT account, identifier, first, last, count
FROM holding
WHERE identifier < $shared
ORDER BY account, identifier
