SELECT ring_id, features, reasons, stories, shared
FROM ring
WHERE list_contains($ids::VARCHAR[], ring_id)
