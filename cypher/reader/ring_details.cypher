// All that is known of rings; the features are what is left when the rest is taken out.
UNWIND $ids AS id
MATCH (ring:Linkage {uid: 'r:' + id})
WITH id,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
RETURN id AS ring_id, properties(state) AS state
