// Blocks of a ring's accounts, those on the same identifiers taken together; the first of two is named first.
UNWIND $parents AS parent
CALL (parent) {
  MATCH (:Linkage {uid: 'r:' + parent})<-[member:MEMBER_OF|PAST_MEMBER_OF]-(account:Linkage)
  MATCH (account)-[link:LINKED|PAST_LINKED]->(star:Linkage)
  WHERE member.since <= $at AND coalesce(member.until > $at, true)
    AND link.since <= $at AND coalesce(link.until > $at, true)
    AND star.uid STARTS WITH 's:'
  WITH star, collect(account) AS held
  MATCH (star)-[rest:RESTS_ON|PAST_RESTS_ON]->(identifier:Linkage)
  WHERE rest.since <= $at AND coalesce(rest.until > $at, true)
  WITH star, held, identifier
  ORDER BY star.uid STARTS WITH 's:' + identifier.uid + '|' DESC
  WITH star, held, collect(identifier) AS rests
  UNWIND held AS account
  WITH rests[0] AS one, rests[1] AS other, count(DISTINCT account) AS members
  WITH one, other, members, $sign * members AS place,
       substring(one.uid, 2) + CASE WHEN other IS NULL THEN '' ELSE $between + substring(other.uid, 2) END AS tie
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN one, other, members, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
WITH parent, members, place, tie,
     CASE
       WHEN one.since <= $at THEN one
       ELSE head([(one)-[past:PAST_STATE]->(one) WHERE past.since <= $at AND past.until > $at | past])
     END AS first,
     CASE
       WHEN other.since <= $at THEN other
       ELSE head([(other)-[past:PAST_STATE]->(other) WHERE past.since <= $at AND past.until > $at | past])
     END AS second
RETURN parent, place, tie,
       first.kind AS kind, first.key AS key, first.caption AS caption,
       first.family AS family, first.accounts AS accounts, first.degree AS degree,
       first.links AS links, first.near_proof AS near_proof, first.supporting AS supporting,
       coalesce(first.reason, '') AS reason,
       second.kind AS second_kind, second.key AS second_key, second.caption AS second_caption,
       second.family AS second_family, second.accounts AS second_accounts, second.degree AS second_degree,
       second.links AS second_links, second.near_proof AS second_near_proof, second.supporting AS second_supporting,
       CASE WHEN second IS NOT NULL THEN coalesce(second.reason, '') END AS second_reason,
       members
ORDER BY parent, place, tie
