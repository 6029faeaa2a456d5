// Whether what was just read stands: which run is published, whether another is being published, whether ours is kept.
MATCH (pointer:Linkage {uid: 'pointer'})
OPTIONAL MATCH (run:Linkage {uid: $uid})
RETURN pointer.seq AS seq, coalesce(pointer.publishing, false) AS publishing, run IS NOT NULL AS kept
