// Held for as long as its transaction is open: it goes with the process that holds it.
MATCH (lock:Linkage {uid: 'lock'})
SET lock.held = true
RETURN lock.holder AS holder
