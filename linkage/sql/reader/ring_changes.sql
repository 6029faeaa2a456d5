SELECT ring_id, event, run_id, previous_ids, accounts_added, accounts_removed
FROM change
WHERE list_contains($ids::VARCHAR[], ring_id)
ORDER BY ring_id, event
