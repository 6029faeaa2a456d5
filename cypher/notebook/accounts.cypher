// The accounts of a ring, with how many others of it each is linked to directly.
MATCH (ring:Ring&Linkage {ring_id: $ring_id})<-[member:MEMBER_OF]-(account:Account)
RETURN account.account_id AS account_id, member.role AS role, member.flagged AS flagged, account.status AS status,
       account.plan AS plan, account.pathway AS pathway, account.country AS country,
       account.created_at AS created_at,
       count { (account)-[:LINKED]-(other:Account) WHERE EXISTS { (other)-[:MEMBER_OF]->(ring) } } AS links
ORDER BY account_id
