MATCH (run:Linkage {uid: $uid})
DETACH DELETE run
