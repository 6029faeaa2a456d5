// What a run still had, of a ring, that a later one has no more.
CREATE INDEX linkage_past_member IF NOT EXISTS
FOR ()-[r:PAST_MEMBER_OF]-() ON (r.ring_id, r.until)
