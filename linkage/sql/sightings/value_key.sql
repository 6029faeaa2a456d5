CREATE OR REPLACE TABLE value_key AS
SELECT cleaned.source_kind, cleaned.value_hash, key_number.number, key_number.kind
FROM cleaned
JOIN key_number ON key_number.kind = cleaned.kind AND key_number.key = cleaned.key
