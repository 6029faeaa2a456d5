INSERT INTO raw_value
SELECT DISTINCT tier, hash(value), value
FROM followed
