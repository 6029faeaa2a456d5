-- Where a value is another account's id, that account is seen with it too.
INSERT INTO seen
SELECT DISTINCT hash(value), $kind::USMALLINT, hash(value), bucket, 1
FROM (
    SELECT
        value,
        unnest(list_distinct([
            coalesce(first_seen, last_seen, TIMESTAMP '1970-01-01'),
            coalesce(last_seen, first_seen, TIMESTAMP '1970-01-01')
        ])) AS ts,
        CAST(epoch(ts) // 3600 AS INTEGER) AS bucket
    FROM clean_links
    WHERE kind = 'account'
)
