SELECT count(*) FROM ring
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
