-- The accounts of rings, each ring's in one place: a page of them reads one stretch of the file.
CREATE TABLE member AS
SELECT *
FROM account
WHERE ring_id IS NOT NULL
ORDER BY ring_id, account_id
