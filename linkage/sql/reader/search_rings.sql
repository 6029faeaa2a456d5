SELECT ring_id, size, score, verdict, story, flagged, first_seen, last_seen, top_reasons, parent_ids, country
FROM ring
WHERE starts_with(ring_id, $text)
ORDER BY ring_id
LIMIT $limit
