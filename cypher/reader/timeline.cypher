// Days since 1970 with lists beside them.
UNWIND $ids AS id
MATCH (ring:Linkage {uid: 'r:' + id})
WITH id,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state.days IS NOT NULL
RETURN id AS ring_id, state.days AS days, state.days_created AS created, state.days_started AS started,
       state.days_ended AS ended
