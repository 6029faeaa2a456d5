-- Shared identifiers that the operator's allow-list keeps from linking.
CREATE OR REPLACE TABLE barred AS
SELECT DISTINCT identifier.identifier
FROM named_value
JOIN named_key ON named_key.written = named_value.kind AND named_key.value = named_value.value
JOIN kind_number ON kind_number.name = named_key.kind
JOIN identifier ON identifier.kind = kind_number.kind AND identifier.key = named_key.key
WHERE said_by = 'allow_list' AND identifier.accounts >= 2
ORDER BY identifier.identifier
