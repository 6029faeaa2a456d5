-- What was held by the hour was held from its first hour to its last.
INSERT INTO raw_holding
SELECT account_hash, kind, value_hash, min(bucket), max(bucket), sum(count)::BIGINT
FROM raw_hour
GROUP BY account_hash, kind, value_hash
