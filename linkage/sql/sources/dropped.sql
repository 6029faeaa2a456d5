-- Rows of the table at hand that are left out: in quarantine, or there already.
CREATE OR REPLACE TABLE dropped (_part INTEGER, _file VARCHAR, _row BIGINT)
