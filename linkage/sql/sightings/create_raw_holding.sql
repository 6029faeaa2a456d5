-- Who held what, as it was written: hashes stand for accounts and values, so that millions of rows are grouped as
-- integers. Times are hours since 1970.
CREATE OR REPLACE TABLE raw_holding (
    account_hash UBIGINT,
    kind USMALLINT,
    value_hash UBIGINT,
    first INTEGER,
    last INTEGER,
    count BIGINT
)
