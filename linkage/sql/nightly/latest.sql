-- The last hour in which anything was seen.
SELECT max(last) AS hour FROM holding
