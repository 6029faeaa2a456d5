// Identifiers that were kept from linking, as the run of this number knows them.
MATCH (n:Identifier:Linkage)
WHERE n.links = false AND n.since <= $at
RETURN n.kind AS kind, n.key AS key, n.accounts AS accounts, n.reason AS reason
UNION ALL
MATCH (n:Linkage)-[past:PAST_STATE]->(n)
WHERE 'Identifier' IN past.labels AND past.links = false AND past.since <= $at AND past.until > $at
RETURN past.kind AS kind, past.key AS key, past.accounts AS accounts, past.reason AS reason
