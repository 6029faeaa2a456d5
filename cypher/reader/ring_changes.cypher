// From the ring: a run changes thousands.
UNWIND $ids AS id
MATCH (:Linkage {uid: 'r:' + id})<-[change:CHANGED|PAST_CHANGED]-(:Linkage {uid: $uid})
RETURN change.ring_id AS ring_id, change.event AS event, change.run_id AS run_id, change.previous_ids AS previous_ids,
       change.accounts_added AS accounts_added, change.accounts_removed AS accounts_removed
ORDER BY ring_id, event
