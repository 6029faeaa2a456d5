SELECT place, tie, ring_id, event, run_id, previous_ids, accounts_added, accounts_removed
FROM (SELECT 0.0 AS place, ring_id || chr(0) || event AS tie, * FROM change)
WHERE
    ($events::VARCHAR[] IS NULL OR list_contains($events::VARCHAR[], event))
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
