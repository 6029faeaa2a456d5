-- Rows that broke their table's contract, of all tables, until each table's file is written.
CREATE OR REPLACE TABLE quarantined ("table" VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, "row" VARCHAR)
