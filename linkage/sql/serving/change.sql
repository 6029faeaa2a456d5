CREATE TABLE change AS
SELECT ring_id, event, run_id, previous_ids, accounts_added, accounts_removed
FROM source_changes
ORDER BY ring_id, event
