-- What the allow-list and the indicators of others name, as it is written there, while they stand by it.
CREATE OR REPLACE TABLE named_value AS
SELECT 'allow_list' AS said_by, kind, value, NULL::VARCHAR AS source, NULL::DOUBLE AS confidence
FROM clean_allow_list
WHERE expires_at IS NULL OR epoch(expires_at) > $moment
UNION ALL
SELECT 'indicators', kind, value, source, confidence
FROM clean_indicators
WHERE valid_until IS NULL OR epoch(valid_until) > $moment
