// Pages of a ring in the order of time; an account without a time is not in it.
CREATE INDEX linkage_member_created IF NOT EXISTS
FOR ()-[r:MEMBER_OF]-() ON (r.ring_id, r.created, r.account_id)
