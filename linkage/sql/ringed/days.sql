-- What happened in a ring on which day since 1970, as lists side by side; undated sightings (hour 0) are no event.
SELECT
    ring_id,
    list(day ORDER BY day) AS days,
    list(created ORDER BY day) AS days_created,
    list(started ORDER BY day) AS days_started,
    list(ended ORDER BY day) AS days_ended
FROM (
    SELECT
        ring_id,
        day,
        CAST(sum(created) AS BIGINT) AS created,
        CAST(sum(started) AS BIGINT) AS started,
        CAST(sum(ended) AS BIGINT) AS ended
    FROM (
        SELECT ring_id, CAST(epoch(created_at) // 86400 AS BIGINT) AS day, 1 AS created, 0 AS started, 0 AS ended
        FROM member
        WHERE created_at IS NOT NULL
        UNION ALL
        SELECT ring_id, CAST(first // 24 AS BIGINT), 0, 1, 0
        FROM (
            SELECT member.ring_id, holding.identifier, min(holding.first) AS first
            FROM holding
            JOIN member USING (account)
            JOIN share USING (ring_id, identifier)
            WHERE holding.first > 0
            GROUP BY ALL
        )
        UNION ALL
        SELECT ring_id, CAST(last // 24 AS BIGINT), 0, 0, 1
        FROM (
            SELECT member.ring_id, holding.account, max(holding.last) AS last
            FROM holding
            JOIN member USING (account)
            WHERE holding.last > 0
            GROUP BY ALL
        )
    )
    GROUP BY ring_id, day
)
GROUP BY ring_id
