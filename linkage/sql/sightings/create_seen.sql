-- Raw sightings: hashes stand for accounts and values, so that millions of rows are grouped as integers.
CREATE OR REPLACE TABLE seen (
    account_hash UBIGINT,
    kind USMALLINT,
    value_hash UBIGINT,
    bucket INTEGER,
    count BIGINT
)
