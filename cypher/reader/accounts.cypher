// Accounts with the ring of each.
UNWIND $ids AS id
MATCH (account:Linkage {uid: 'a:' + id})
WITH account,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
OPTIONAL MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
WHERE member.since <= $at AND coalesce(member.until > $at, true)
WITH state, member, ring,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS ringed
RETURN state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
