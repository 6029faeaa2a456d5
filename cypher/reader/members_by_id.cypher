// Members in the order of their ids, all of them: only those of the page are looked at closely.
UNWIND $parents AS parent
CALL (parent) {
  MATCH (ring:Linkage {uid: 'r:' + parent})<-[member:MEMBER_OF|PAST_MEMBER_OF]-(account:Linkage)
  WHERE account.uid > 'a:' + $after_tie AND member.since <= $at AND coalesce(member.until > $at, true)
  RETURN ring, member, account
  ORDER BY account.uid
  LIMIT $limit
}
WITH parent, ring, member, account,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS ringed
RETURN parent, 0.0 AS place, state.account_id AS tie,
       state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
ORDER BY parent, tie
