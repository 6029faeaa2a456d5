SELECT
    identifier.identifier,
    kind_number.name AS kind,
    CAST(identifier.kind AS INTEGER) AS kind_number,
    identifier.key,
    identifier.accounts
FROM identifier
JOIN kind_number USING (kind)
WHERE identifier.accounts >= 2
ORDER BY identifier.identifier
