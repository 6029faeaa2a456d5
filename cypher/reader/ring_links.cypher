UNWIND $parents AS parent
CALL (parent) {
  MATCH (ring:Linkage {uid: 'r:' + parent})<-[one:MEMBER_OF|PAST_MEMBER_OF]-(a:Linkage)
  MATCH (a)-[link:LINKED|PAST_LINKED]->(b:Linkage)
  WHERE one.since <= $at AND coalesce(one.until > $at, true)
    AND link.since <= $at AND coalesce(link.until > $at, true)
    AND link.families IS NOT NULL
    AND EXISTS {
      MATCH (b)-[other:MEMBER_OF|PAST_MEMBER_OF]->(ring)
      WHERE other.since <= $at AND coalesce(other.until > $at, true)
    }
  WITH link, a, b, $sign * link.bits AS place
  WITH link, a, b, place, substring(a.uid, 2) + $between + substring(b.uid, 2) AS tie
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN link, a, b, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie, substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       parent AS ring_id
ORDER BY parent, place, tie
