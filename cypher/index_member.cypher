// Pages of a ring in the order of its accounts' ids.
CREATE INDEX linkage_member IF NOT EXISTS
FOR ()-[r:MEMBER_OF]-() ON (r.ring_id, r.account_id)
