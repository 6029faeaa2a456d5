INSERT INTO raw_value
SELECT DISTINCT kind, hash(value), value
FROM succeeded
