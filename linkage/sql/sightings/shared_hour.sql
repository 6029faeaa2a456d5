SELECT account, identifier, bucket
FROM hour
ORDER BY account, identifier, bucket
