CREATE INDEX linkage_run_id IF NOT EXISTS
FOR (n:Ledger) ON (n.run_id)
