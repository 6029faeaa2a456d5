// The accounts of a ring that have no time, which come last.
CREATE INDEX linkage_member_undated IF NOT EXISTS
FOR ()-[r:MEMBER_OF]-() ON (r.ring_id, r.undated, r.account_id)
