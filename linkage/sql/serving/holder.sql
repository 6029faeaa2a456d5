-- Sightings by identifier.
CREATE TABLE holder AS
SELECT identifier, account, first, last, count
FROM source_holdings
ORDER BY identifier, account
