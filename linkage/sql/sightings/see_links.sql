-- Identifiers that no table has a column for. A row without dates is seen at the one moment of undated sources. The
-- count stands at the last sighting, so that a span does not count twice.
INSERT INTO seen
WITH spanned AS (
    SELECT
        account_id,
        kind_number.kind,
        value,
        coalesce(first_seen, last_seen, TIMESTAMP '1970-01-01') AS first,
        coalesce(last_seen, first_seen, TIMESTAMP '1970-01-01') AS last,
        coalesce(count, 1) AS count
    FROM clean_links
    JOIN kind_number ON kind_number.name = clean_links.kind
),
dated AS (
    SELECT account_id, kind, value, last AS ts, count FROM spanned
    UNION ALL
    SELECT account_id, kind, value, first AS ts, 0 AS count FROM spanned WHERE first <> last
)
SELECT
    hash(account_id),
    kind,
    hash(value),
    CAST(epoch(ts) // 3600 AS INTEGER),
    sum(count)::BIGINT
FROM dated
GROUP BY ALL
