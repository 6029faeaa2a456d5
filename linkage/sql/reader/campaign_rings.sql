SELECT
    campaign_id AS parent, place, tie,
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
        campaign_ring.campaign_id,
        ring.*
    FROM campaign_ring
    JOIN ring USING (ring_id)
    WHERE list_contains($parents::VARCHAR[], campaign_ring.campaign_id)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY campaign_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
