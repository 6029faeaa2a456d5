// What the accounts of a ring share, hubs left out, the widest first; captions are masked.
MATCH (:Ring&Linkage {ring_id: $ring_id})<-[:MEMBER_OF]-(account:Account)-[used:USED]->(identifier:Identifier)
WHERE NOT identifier.hub
WITH identifier, count(account) AS members, min(used.first) AS first_seen, max(used.last) AS last_seen
WHERE members > 1
RETURN identifier.kind AS kind, identifier.caption AS caption, members, identifier.accounts AS accounts,
       first_seen, last_seen
ORDER BY members DESC, accounts, kind, caption
