// The links of accounts that a walk has reached, strongest first.
UNWIND $frontier AS id
MATCH (account:Linkage {uid: 'a:' + id})-[link:LINKED|PAST_LINKED]-(:Linkage)
WHERE link.since <= $at AND coalesce(link.until > $at, true)
  AND link.families IS NOT NULL
WITH DISTINCT link
WITH link, startNode(link) AS a, endNode(link) AS b
ORDER BY link.bits DESC, a.uid, b.uid
LIMIT $limit
OPTIONAL MATCH (a)-[one:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)<-[other:MEMBER_OF|PAST_MEMBER_OF]-(b)
WHERE one.since <= $at AND coalesce(one.until > $at, true)
  AND other.since <= $at AND coalesce(other.until > $at, true)
RETURN substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       substring(ring.uid, 2) AS ring_id
ORDER BY bits DESC, account_a, account_b
