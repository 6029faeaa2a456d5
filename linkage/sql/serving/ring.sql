-- Rings with the country of most of their accounts, and what people read of each as JSON.
CREATE TABLE ring AS
SELECT
    ring.ring_id,
    ring.size,
    ring.score,
    ring.verdict,
    ring.story,
    ring.flagged,
    ring.first_seen,
    ring.last_seen,
    ring.top_reasons,
    ring.parent_ids,
    lived.country,
    to_json(feature)::VARCHAR AS features,
    coalesce(detail.reasons, '[]') AS reasons,
    coalesce(detail.stories, '[]') AS stories,
    coalesce(detail.shared, '[]') AS shared,
    coalesce(detail.defence, '{}') AS defence
FROM source_rings AS ring
JOIN (
    SELECT
        ring_id AS feature_ring,
        * EXCLUDE (
            ring_id, size, score, verdict, story, flagged, first_seen, last_seen, top_reasons, parent_ids
        )
    FROM source_rings
) AS feature ON feature.feature_ring = ring.ring_id
LEFT JOIN source_details AS detail ON detail.ring_id = ring.ring_id
LEFT JOIN (
    SELECT ring_id, arg_min(country, (-accounts, country)) AS country
    FROM (SELECT ring_id, country, count(*) AS accounts FROM member WHERE country IS NOT NULL GROUP BY ALL)
    GROUP BY ring_id
) AS lived ON lived.ring_id = ring.ring_id
ORDER BY ring.ring_id
