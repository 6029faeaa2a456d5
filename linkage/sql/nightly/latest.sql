-- The last hour in which anything was seen.
SELECT max(bucket) AS hour FROM sighting
