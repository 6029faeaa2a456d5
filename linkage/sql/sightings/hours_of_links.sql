-- The count stands at the last sighting, so that a span does not count twice.
INSERT INTO raw_hour
SELECT account_hash, kind, value_hash, bucket, sum(count)::BIGINT
FROM (
    SELECT account_hash, kind, value_hash, last AS bucket, count FROM link_span WHERE windowed
    UNION ALL
    SELECT account_hash, kind, value_hash, first AS bucket, 0 AS count FROM link_span WHERE windowed AND first <> last
)
GROUP BY ALL
