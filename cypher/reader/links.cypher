UNWIND $pairs AS pair
MATCH (a:Linkage {uid: 'a:' + pair[0]})-[link:LINKED|PAST_LINKED]->(b:Linkage {uid: 'a:' + pair[1]})
WHERE link.since <= $at AND coalesce(link.until > $at, true)
OPTIONAL MATCH (a)-[one:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)<-[other:MEMBER_OF|PAST_MEMBER_OF]-(b)
WHERE one.since <= $at AND coalesce(one.until > $at, true)
  AND other.since <= $at AND coalesce(other.until > $at, true)
RETURN substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       substring(ring.uid, 2) AS ring_id
