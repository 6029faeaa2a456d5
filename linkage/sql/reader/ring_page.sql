SELECT
    place, tie,
    ring_id, size, score, verdict, story, flagged, first_seen, last_seen, top_reasons, parent_ids, country
FROM (
    SELECT
        coalesce($sign::DOUBLE * CASE $sort::VARCHAR
            WHEN 'id' THEN 0.0
            WHEN 'score' THEN score
            WHEN 'size' THEN size
            WHEN 'first_seen' THEN epoch(first_seen)
            WHEN 'last_seen' THEN epoch(last_seen)
        END, 'infinity'::DOUBLE) AS place,
        ring_id AS tie,
        *
    FROM ring
)
WHERE
    ($verdicts::VARCHAR[] IS NULL OR list_contains($verdicts::VARCHAR[], verdict))
    AND ($flagged::BOOLEAN IS NULL OR flagged = $flagged::BOOLEAN)
    AND ($min_score::DOUBLE IS NULL OR score >= $min_score::DOUBLE)
    AND ($max_score::DOUBLE IS NULL OR score <= $max_score::DOUBLE)
    AND ($min_size::BIGINT IS NULL OR size >= $min_size::BIGINT)
    AND ($max_size::BIGINT IS NULL OR size <= $max_size::BIGINT)
    AND ($seen_after::TIMESTAMP IS NULL OR last_seen >= $seen_after::TIMESTAMP)
    AND ($seen_before::TIMESTAMP IS NULL OR first_seen < $seen_before::TIMESTAMP)
    AND ($country::VARCHAR IS NULL OR country = $country::VARCHAR)
    AND ($story::VARCHAR IS NULL OR story = $story::VARCHAR)
    AND (
        $kind::VARCHAR IS NULL
        OR ring_id IN (
            SELECT ring_identifier.ring_id
            FROM ring_identifier
            JOIN identifier USING (identifier)
            WHERE identifier.kind = $kind::VARCHAR
        )
    )
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
