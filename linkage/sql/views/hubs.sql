SELECT kind, key, accounts, reason
FROM identifier
WHERE NOT links AND accounts >= 2
ORDER BY accounts DESC, kind, key
