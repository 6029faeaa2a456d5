INSERT INTO raw_value
SELECT DISTINCT $kind::USMALLINT, hash(template), template
FROM found_template
