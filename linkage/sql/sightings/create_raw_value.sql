-- Each distinct raw value once, by the hash that stands for it in `seen`.
CREATE OR REPLACE TABLE raw_value (kind USMALLINT, value_hash UBIGINT, value VARCHAR)
