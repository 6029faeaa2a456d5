-- Shared identifiers that the operator's allow-list keeps from linking.
SELECT identifier.identifier
FROM identifier
JOIN kind_number USING (kind)
JOIN allowed ON allowed.kind = kind_number.name AND allowed.key = identifier.key
WHERE identifier.accounts >= 2
ORDER BY identifier.identifier
