CREATE INDEX linkage_ring_id IF NOT EXISTS
FOR (n:Ring) ON (n.ring_id)
