// What links two accounts: what both used (hubs left out), and the shortest chain of links from one to the other.
MATCH (a:Linkage {uid: 'a:' + $account_a})
MATCH (b:Linkage {uid: 'a:' + $account_b})
WHERE a <> b
OPTIONAL MATCH (a)-[first:USED]->(identifier:Identifier)<-[second:USED]-(b)
WHERE NOT identifier.hub
OPTIONAL MATCH chain = shortestPath((a)-[:LINKED|JOINED*..8]-(b))
RETURN a, b, first, identifier, second, chain
