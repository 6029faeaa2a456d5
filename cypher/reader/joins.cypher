UNWIND $parents AS parent
CALL (parent) {
  MATCH (ring:Linkage {uid: 'r:' + parent})<-[one:MEMBER_OF|PAST_MEMBER_OF]-(a:Linkage)
  MATCH (a)-[join:JOINED|PAST_JOINED]->(b:Linkage)
  WHERE one.since <= $at AND coalesce(one.until > $at, true)
    AND join.since <= $at AND coalesce(join.until > $at, true)
    AND EXISTS {
      MATCH (b)-[other:MEMBER_OF|PAST_MEMBER_OF]->(ring)
      WHERE other.since <= $at AND coalesce(other.until > $at, true)
    }
  WITH join, substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, $sign * join.bits AS place
  WITH join, account_a, account_b, place, account_a + $between + account_b AS tie
  WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
  RETURN join, account_a, account_b, place, tie
  ORDER BY place, tie
  LIMIT $limit
}
RETURN parent, place, tie, account_a, account_b, join.size_a AS size_a, join.size_b AS size_b, join.bits AS bits
ORDER BY parent, place, tie
