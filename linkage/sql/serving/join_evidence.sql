CREATE TABLE join_evidence AS
SELECT "join", identifier, bits, first, last, count
FROM source_join_evidence
ORDER BY "join", bits DESC
