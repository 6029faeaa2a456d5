-- Identifiers that the indicators of others name and the operator does not allow, with the surest of them and who says
-- so.
CREATE OR REPLACE TABLE indicated AS
SELECT
    identifier.identifier,
    max(coalesce(confidence, $unstated)) AS confidence,
    coalesce(list_sort(list(DISTINCT source) FILTER (source IS NOT NULL)), []) AS sources
FROM named_value
JOIN named_key ON named_key.written = named_value.kind AND named_key.value = named_value.value
JOIN kind_number ON kind_number.name = named_key.kind
JOIN identifier ON identifier.kind = kind_number.kind AND identifier.key = named_key.key
ANTI JOIN barred ON barred.identifier = identifier.identifier
WHERE said_by = 'indicators'
GROUP BY identifier.identifier
ORDER BY identifier.identifier
