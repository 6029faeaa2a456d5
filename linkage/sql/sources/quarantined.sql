-- Rows that broke their table's contract, of all tables, until each table's file is written. `parsed`: the
-- reader took the row, and it broke the contract afterwards.
CREATE OR REPLACE TABLE quarantined ("table" VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, "row" VARCHAR, parsed BOOLEAN DEFAULT false)
