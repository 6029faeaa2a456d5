-- Identifiers that no table has a column for. A row without dates stands at the one moment of undated sources.
CREATE OR REPLACE TABLE link_span AS
SELECT
    hash(account_id) AS account_hash,
    kind_number.kind,
    kind_number.windowed,
    hash(value) AS value_hash,
    CAST(epoch_ms(coalesce(first_seen, last_seen, TIMESTAMP '1970-01-01')) // 3600000 AS INTEGER) AS first,
    CAST(epoch_ms(coalesce(last_seen, first_seen, TIMESTAMP '1970-01-01')) // 3600000 AS INTEGER) AS last,
    coalesce(count, 1) AS count
FROM clean_links
JOIN kind_number ON kind_number.name = clean_links.kind
