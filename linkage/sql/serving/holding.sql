-- Sightings by account.
CREATE TABLE holding AS
SELECT account, identifier, first, last, count
FROM source_holdings
ORDER BY account, identifier
