CREATE OR REPLACE TABLE holding AS
SELECT
    account,
    identifier,
    min(bucket) AS first,
    max(bucket) AS last,
    sum(count)::BIGINT AS count
FROM sighting
GROUP BY account, identifier
