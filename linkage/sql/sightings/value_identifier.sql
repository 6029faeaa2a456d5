CREATE OR REPLACE TABLE value_identifier AS
SELECT
    cleaned.source_kind,
    cleaned.value_hash,
    identifier.identifier,
    kind_number.by_day,
    kind_number.windowed AND identifier.accounts >= 2 AS windowed
FROM cleaned
JOIN identifier ON identifier.kind = cleaned.kind AND identifier.key = cleaned.key
JOIN kind_number ON kind_number.kind = cleaned.kind
