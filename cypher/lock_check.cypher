MATCH (lock:Linkage {uid: 'lock'})
RETURN lock.holder AS holder
