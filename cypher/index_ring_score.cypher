CREATE INDEX linkage_ring_score IF NOT EXISTS
FOR (n:Ring) ON (n.score)
