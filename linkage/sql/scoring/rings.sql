-- A row for each ring, the worst first; `size` counts all its accounts, the features only its members.
SELECT
    ring_id,
    CAST(ring_feature.size + coalesce(victims, 0) AS BIGINT) AS size,
    score,
    verdict,
    story,
    verdict = 'flagged' AS flagged,
    first_seen,
    last_seen,
    top_reasons,
    parent_ids,
    fit AS story_fit,
    raw_score,
    decided,
    review_stratum,
    review_probability,
    CAST(ring_feature.size AS BIGINT) AS members,
    ring_feature.* EXCLUDE (ring, size, first_seen, last_seen)
FROM ring_verdict
JOIN ring_feature USING (ring)
ORDER BY score DESC, members DESC, ring_id
