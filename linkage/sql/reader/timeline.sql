-- Days since 1970 counted from hours; undated sightings (hour 0) are no event.
SELECT
    ring_id,
    day,
    CAST(sum(created) AS BIGINT) AS created,
    CAST(sum(started) AS BIGINT) AS started,
    CAST(sum(ended) AS BIGINT) AS ended
FROM (
    SELECT ring_id, date_trunc('day', created_at)::TIMESTAMP AS day, 1 AS created, 0 AS started, 0 AS ended
    FROM member
    WHERE list_contains($ids::VARCHAR[], ring_id) AND created_at IS NOT NULL
    UNION ALL
    SELECT ring_id, TIMESTAMP '1970-01-01' + to_days(first // 24), 0, 1, 0
    FROM (
        SELECT member.ring_id, holding.identifier, min(holding.first) AS first
        FROM holding
        JOIN member USING (account)
        JOIN ring_identifier USING (ring_id, identifier)
        WHERE list_contains($ids::VARCHAR[], member.ring_id) AND holding.first > 0
        GROUP BY ALL
    )
    UNION ALL
    SELECT ring_id, TIMESTAMP '1970-01-01' + to_days(last // 24), 0, 0, 1
    FROM (
        SELECT member.ring_id, holding.account, max(holding.last) AS last
        FROM holding
        JOIN member USING (account)
        WHERE list_contains($ids::VARCHAR[], member.ring_id) AND holding.last > 0
        GROUP BY ALL
    )
)
GROUP BY ring_id, day
ORDER BY ring_id, day
