-- An account was seen with an identifier in a bucket (hours since 1970; midnight for kinds kept by the day).
CREATE OR REPLACE TABLE sighting AS
SELECT
    account_hash.account,
    value_identifier.identifier,
    value_identifier.windowed,
    CASE WHEN by_day THEN bucket - bucket % 24 ELSE bucket END AS bucket,
    sum(count)::BIGINT AS count
FROM seen
JOIN value_identifier
    ON value_identifier.source_kind = seen.kind
    AND value_identifier.value_hash = seen.value_hash
JOIN account_hash USING (account_hash)
GROUP BY ALL
