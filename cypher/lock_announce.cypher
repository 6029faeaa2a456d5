// Says who wants to write; waits while another holds the lock in an open transaction.
MERGE (lock:Linkage:Ledger {uid: 'lock'})
SET lock.holder = $holder
