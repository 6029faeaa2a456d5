// Links between accounts; those of accounts with stars are none.
MATCH (a:Linkage)-[link:LINKED|PAST_LINKED]->(b:Linkage)
WHERE link.since <= $at AND coalesce(link.until > $at, true)
  AND link.families IS NOT NULL AND ($min_bits IS NULL OR link.bits >= $min_bits)
WITH a, b, link, $sign * link.bits AS place
WHERE place >= $after_place
WITH a, b, link, place, substring(a.uid, 2) + $between + substring(b.uid, 2) AS tie
WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
WITH *
ORDER BY place, tie
LIMIT $limit
OPTIONAL MATCH (a)-[one:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)<-[other:MEMBER_OF|PAST_MEMBER_OF]-(b)
WHERE one.since <= $at AND coalesce(one.until > $at, true)
  AND other.since <= $at AND coalesce(other.until > $at, true)
RETURN place, tie, substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       substring(ring.uid, 2) AS ring_id
ORDER BY place, tie
