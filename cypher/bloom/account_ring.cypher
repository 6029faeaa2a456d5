// The ring of an account, drawn as a ring is; the account alone where it is in none.
MATCH (given:Linkage {uid: 'a:' + $account_id})
OPTIONAL MATCH (given)-[own:MEMBER_OF]->(ring:Ring)<-[member:MEMBER_OF]-(account:Account)
OPTIONAL MATCH (account)-[link:LINKED|JOINED]->(other:Account|Star)
WHERE other:Star OR EXISTS { (other)-[:MEMBER_OF]->(ring) }
RETURN given, own, ring, member, account, link, other
ORDER BY coalesce(link.bits, 1000.0) DESC, account.account_id
LIMIT 10000
