-- Everyone starts as a member; `victims` finds those whose accounts were borrowed.
CREATE OR REPLACE TABLE ring_member AS
SELECT account, ring, 'member' AS role
FROM member
