CREATE INDEX linkage_identifier_key IF NOT EXISTS
FOR (n:Identifier) ON (n.key)
