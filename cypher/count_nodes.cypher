// All nodes of the database, others' too.
MATCH (n)
RETURN count(n) AS nodes
