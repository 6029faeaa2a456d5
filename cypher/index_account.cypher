CREATE INDEX linkage_account_id IF NOT EXISTS
FOR (n:Account) ON (n.account_id)
