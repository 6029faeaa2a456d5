// An account as the run of this number knows it, with its ring; no row where the run does not know it.
MATCH (account:Linkage {uid: $uid})
OPTIONAL MATCH (account)-[past:PAST_STATE]->(account)
WHERE past.since <= $at AND past.until > $at
OPTIONAL MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
WHERE member.since <= $at AND coalesce(member.until > $at, true)
WITH ring, CASE WHEN account.since <= $at THEN properties(account) ELSE properties(past) END AS state
WHERE state IS NOT NULL
RETURN state, substring(ring.uid, 2) AS ring_id
