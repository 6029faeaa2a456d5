// Also makes the label known: a native projection refuses one that the database has never seen.
CREATE INDEX linkage_star IF NOT EXISTS
FOR (n:Star) ON (n.accounts)
