UNWIND $parents AS parent
CALL (parent) {
  MATCH (account:Linkage {uid: 'a:' + parent})-[link:LINKED|PAST_LINKED]-(:Linkage)
  WHERE link.since <= $at AND coalesce(link.until > $at, true)
    AND link.families IS NOT NULL
  WITH link, startNode(link) AS a, endNode(link) AS b, $sign * link.bits AS place
  WITH link, a, b, place, substring(a.uid, 2) + $between + substring(b.uid, 2) AS tie
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN link, a, b, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
OPTIONAL MATCH (a)-[one:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)<-[other:MEMBER_OF|PAST_MEMBER_OF]-(b)
WHERE one.since <= $at AND coalesce(one.until > $at, true)
  AND other.since <= $at AND coalesce(other.until > $at, true)
RETURN parent, place, tie, substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       substring(ring.uid, 2) AS ring_id
ORDER BY parent, place, tie
