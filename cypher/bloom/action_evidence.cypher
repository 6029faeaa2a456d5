// What the selected accounts, or the accounts of the selected rings, share: hubs left out, the widest first.
MATCH (chosen:Linkage)
WHERE elementId(chosen) IN $nodes
MATCH (chosen)<-[:MEMBER_OF]-{0,1}(account:Account)
WITH collect(DISTINCT account) AS accounts
UNWIND accounts AS account
MATCH (account)-[used:USED]->(identifier:Identifier)
WHERE NOT identifier.hub
WITH accounts, identifier, collect({account: account, used: used}) AS uses
WHERE size(uses) > 1 OR size(accounts) = 1
ORDER BY size(uses) DESC, identifier.uid
UNWIND uses AS use
RETURN use.account AS account, use.used AS used, identifier
LIMIT 5000
