// Members in the order of their ids, all of them: an index gives the page, what stands beyond it is not looked at.
// The ring's score is the same for all of them, so that it is this order too.
UNWIND $parents AS parent
CALL (parent) {
  CALL (parent) {
    MATCH ()-[member:MEMBER_OF]->()
    USING INDEX SEEK member:MEMBER_OF(ring_id, account_id)
    WHERE member.ring_id = parent AND member.account_id > $after_tie AND member.since <= $at
    RETURN member
    ORDER BY member.ring_id, member.account_id
    LIMIT $limit
    UNION ALL
    MATCH ()-[member:PAST_MEMBER_OF]->()
    USING INDEX SEEK member:PAST_MEMBER_OF(ring_id, until)
    WHERE member.ring_id = parent AND member.until > $at AND member.since <= $at AND member.account_id > $after_tie
    RETURN member
    ORDER BY member.account_id
    LIMIT $limit
  }
  RETURN member
  ORDER BY member.account_id
  LIMIT $limit
}
WITH parent, member, startNode(member) AS account, endNode(member) AS ring
WITH parent, ring, member,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS ringed
RETURN parent, coalesce($sign * CASE $sort WHEN 'id' THEN 0.0 WHEN 'ring_score' THEN ringed.score END, $last) AS place,
       state.account_id AS tie,
       state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
ORDER BY parent, place, tie
