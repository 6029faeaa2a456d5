-- The hours of each holding whose kind has a time window.
SELECT account, identifier, bucket
FROM sighting
WHERE windowed
ORDER BY account, identifier, bucket
