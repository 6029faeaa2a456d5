// The rings on an identifier, by its key as it is stored: who of each uses it. The worst rings first.
MATCH (identifier:Identifier&Linkage {key: $key})<-[used:USED]-(account:Account)-[member:MEMBER_OF]->(ring:Ring)
RETURN identifier, used, account, member, ring
ORDER BY ring.score DESC, ring.ring_id, account.account_id
LIMIT 10000
