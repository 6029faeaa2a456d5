-- The hours in which it was held, for kinds with a time window.
CREATE OR REPLACE TABLE raw_hour (account_hash UBIGINT, kind USMALLINT, value_hash UBIGINT, bucket INTEGER, count BIGINT)
