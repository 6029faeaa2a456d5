// Also makes the type known: a native projection refuses one that the database has never seen.
CREATE INDEX linkage_joined IF NOT EXISTS
FOR ()-[r:JOINED]-() ON (r.bits)
