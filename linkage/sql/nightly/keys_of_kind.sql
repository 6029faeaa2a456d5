-- The keys of one kind of identifier.
SELECT key
FROM identifier
JOIN kind_number USING (kind)
WHERE kind_number.name = $kind
ORDER BY key
