-- Identifiers that no table has a column for. A row without dates is seen at the one moment of undated sources.
INSERT INTO seen
WITH dated AS (
    SELECT
        account_id,
        kind_number.kind,
        value,
        unnest(list_distinct([
            coalesce(first_seen, last_seen, TIMESTAMP '1970-01-01'),
            coalesce(last_seen, first_seen, TIMESTAMP '1970-01-01')
        ])) AS ts,
        coalesce(count, 1) AS count
    FROM clean_links
    JOIN kind_number ON kind_number.name = clean_links.kind
)
SELECT
    hash(account_id),
    kind,
    hash(value),
    CAST(epoch(ts) // 3600 AS INTEGER),
    max(count)
FROM dated
GROUP BY ALL
