// The run that is published, and whether another is being published this moment.
MATCH (pointer:Linkage {uid: 'pointer'})
RETURN pointer.run_id AS run_id, pointer.seq AS seq, coalesce(pointer.publishing, false) AS publishing
