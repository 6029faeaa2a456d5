MATCH (:Linkage {uid: $uid})-[change:CHANGED|PAST_CHANGED]->(:Linkage)
WHERE $events IS NULL OR change.event IN $events
WITH change, 0.0 AS place, change.ring_id + $between + change.event AS tie
WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
RETURN place, tie,
       change.ring_id AS ring_id, change.event AS event, change.run_id AS run_id, change.previous_ids AS previous_ids,
       change.accounts_added AS accounts_added, change.accounts_removed AS accounts_removed
ORDER BY place, tie
LIMIT $limit
