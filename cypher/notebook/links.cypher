// The links among the accounts of a ring, the strongest first.
MATCH (ring:Ring&Linkage {ring_id: $ring_id})<-[:MEMBER_OF]-(a:Account)-[link:LINKED]->(b:Account)-[:MEMBER_OF]->(ring)
RETURN a.account_id AS account_a, b.account_id AS account_b, link.bits AS bits, link.families AS families
ORDER BY bits DESC, account_a, account_b
