MATCH (run:Linkage {uid: $uid})-[change:CHANGED|PAST_CHANGED]->(:Linkage)
RETURN properties(change) AS change
