MATCH (account:Linkage)
WHERE account.uid > 'a:' AND account.uid < 'b'
WITH account,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
  AND ($statuses IS NULL OR state.status IN $statuses)
  AND ($plans IS NULL OR state.plan IN $plans)
  AND ($countries IS NULL OR state.country IN $countries)
  AND ($created_after IS NULL OR state.created_at >= $created_after)
  AND ($created_before IS NULL OR state.created_at < $created_before)
OPTIONAL MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
WHERE member.since <= $at AND coalesce(member.until > $at, true)
WITH state, member, ring,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS ringed
WHERE ($verdicts IS NULL OR ringed.verdict IN $verdicts)
  AND ($flagged IS NULL OR coalesce(member.flagged, false) = $flagged)
  AND ($in_ring IS NULL OR (ring IS NOT NULL) = $in_ring)
RETURN count(state) AS accounts
