SELECT ring_id, features, reasons, stories, shared, defence
FROM ring
WHERE list_contains($ids::VARCHAR[], ring_id)
