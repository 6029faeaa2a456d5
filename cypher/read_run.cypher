MATCH (run:Linkage {uid: $uid})
RETURN properties(run) AS run
