CREATE TABLE evidence AS
SELECT link, identifier, bits, first, last, count
FROM source_evidence
ORDER BY link, bits DESC
