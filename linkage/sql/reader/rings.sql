SELECT ring_id, size, score, verdict, story, flagged, first_seen, last_seen, top_reasons, parent_ids, country
FROM ring
WHERE list_contains($ids::VARCHAR[], ring_id)
