SELECT
    name AS parent, place, tie,
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
        ring.ring_id AS tie,
        identifier.name,
        ring.*
    FROM ring_identifier
    JOIN ring USING (ring_id)
    JOIN identifier USING (identifier)
    WHERE list_contains($parents::VARCHAR[], identifier.name)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY name ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
