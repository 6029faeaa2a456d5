// Members, the oldest accounts first, those without a date last; an index reads each part, no further than the page.
UNWIND $parents AS parent
CALL (parent) {
  CALL (parent) {
    MATCH ()-[member:MEMBER_OF]->()
    USING INDEX SEEK member:MEMBER_OF(ring_id, created, account_id)
    WHERE member.ring_id = parent AND member.created = $after_place
      AND member.account_id > $after_tie AND member.since <= $at
    RETURN member
    ORDER BY member.ring_id, member.created, member.account_id
    LIMIT $limit
    UNION ALL
    MATCH ()-[member:MEMBER_OF]->()
    USING INDEX SEEK member:MEMBER_OF(ring_id, created, account_id)
    WHERE member.ring_id = parent AND member.created > $after_place AND member.account_id IS NOT NULL
      AND member.since <= $at
    RETURN member
    ORDER BY member.ring_id, member.created, member.account_id
    LIMIT $limit
    UNION ALL
    MATCH ()-[member:MEMBER_OF]->()
    USING INDEX SEEK member:MEMBER_OF(ring_id, undated, account_id)
    WHERE member.ring_id = parent AND member.undated = true
      AND member.account_id > CASE WHEN $after_place = $last THEN $after_tie ELSE '' END AND member.since <= $at
    RETURN member
    ORDER BY member.ring_id, member.undated, member.account_id
    LIMIT $limit
    UNION ALL
    MATCH ()-[member:PAST_MEMBER_OF]->()
    USING INDEX SEEK member:PAST_MEMBER_OF(ring_id, until)
    WHERE member.ring_id = parent AND member.until > $at AND member.since <= $at
    WITH member, coalesce($sign * member.created, $last) AS place, member.account_id AS tie
    WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
    RETURN member
    ORDER BY place, tie
    LIMIT $limit
  }
  RETURN member, coalesce($sign * member.created, $last) AS place
  ORDER BY place, member.account_id
  LIMIT $limit
}
WITH parent, member, place, startNode(member) AS account, endNode(member) AS ring
WITH parent, ring, member, place,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS ringed
RETURN parent, place, state.account_id AS tie,
       state.account_id AS account_id, state.created_at AS created_at, state.status AS status, state.plan AS plan,
       state.pathway AS pathway, state.org_id AS org_id, state.country AS country, state.known AS known,
       substring(ring.uid, 2) AS ring_id, ringed.score AS ring_score, ringed.verdict AS verdict,
       coalesce(member.flagged, false) AS flagged, member.role AS role
ORDER BY parent, place, tie
