-- The canonical key of each raw value: of its own kind, and of the kinds that derive from it.
CREATE OR REPLACE TABLE cleaned (source_kind USMALLINT, value_hash UBIGINT, kind USMALLINT, key VARCHAR)
