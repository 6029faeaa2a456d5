-- A passing number for each canonical key, so that keys are compared as integers from here on.
CREATE OR REPLACE TABLE key_number AS
SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS number, kind, key
FROM (SELECT DISTINCT kind, key FROM cleaned)
