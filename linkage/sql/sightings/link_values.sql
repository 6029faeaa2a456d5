INSERT INTO raw_value
SELECT DISTINCT kind_number.kind, hash(value), value
FROM clean_links
JOIN kind_number ON kind_number.name = clean_links.kind
ANTI JOIN raw_value ON raw_value.kind = kind_number.kind AND raw_value.value_hash = hash(clean_links.value)
