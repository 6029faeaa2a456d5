SELECT
    place, tie, account_id, created_at, status, plan, pathway, org_id, country, known,
    ring_id, ring_score, verdict, flagged, role
FROM (
    SELECT
        coalesce($sign::DOUBLE * CASE $sort::VARCHAR
            WHEN 'id' THEN 0.0
            WHEN 'created_at' THEN epoch(created_at)
            WHEN 'ring_score' THEN ring_score
        END, 'infinity'::DOUBLE) AS place,
        account_id AS tie,
        *
    FROM account
)
WHERE
    ($statuses::VARCHAR[] IS NULL OR list_contains($statuses::VARCHAR[], status))
    AND ($plans::VARCHAR[] IS NULL OR list_contains($plans::VARCHAR[], plan))
    AND ($countries::VARCHAR[] IS NULL OR list_contains($countries::VARCHAR[], country))
    AND ($verdicts::VARCHAR[] IS NULL OR list_contains($verdicts::VARCHAR[], verdict))
    AND ($flagged::BOOLEAN IS NULL OR flagged = $flagged::BOOLEAN)
    AND ($in_ring::BOOLEAN IS NULL OR (ring_id IS NOT NULL) = $in_ring::BOOLEAN)
    AND ($created_after::TIMESTAMP IS NULL OR created_at >= $created_after::TIMESTAMP)
    AND ($created_before::TIMESTAMP IS NULL OR created_at < $created_before::TIMESTAMP)
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
