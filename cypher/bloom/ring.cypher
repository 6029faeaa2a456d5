// A ring with its accounts and what ties them: at most 10,000 lines, the strongest links where there are more.
MATCH (ring:Ring&Linkage {ring_id: $ring_id})<-[member:MEMBER_OF]-(account:Account)
OPTIONAL MATCH (account)-[link:LINKED|JOINED]->(other:Account|Star)
WHERE other:Star OR EXISTS { (other)-[:MEMBER_OF]->(ring) }
RETURN ring, member, account, link, other
ORDER BY coalesce(link.bits, 1000.0) DESC, account.account_id
LIMIT 10000
