CREATE OR REPLACE TABLE held AS
SELECT
    raw_holding.account_hash,
    value_key.number,
    min(first) AS first,
    max(last) AS last,
    sum(count)::BIGINT AS count
FROM raw_holding
JOIN value_key ON value_key.source_kind = raw_holding.kind AND value_key.value_hash = raw_holding.value_hash
GROUP BY ALL
