// All nodes with this label as the run of this number knows them.
MATCH (n:Linkage)
WHERE $label IN labels(n) AND n.since <= $at
RETURN properties(n) AS state
UNION ALL
MATCH (n:Linkage)-[past:PAST_STATE]->(n)
WHERE $label IN past.labels AND past.since <= $at AND past.until > $at
RETURN properties(past) AS state
