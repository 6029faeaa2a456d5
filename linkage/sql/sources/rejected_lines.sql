-- How many lines of a JSON file the line reader left out before a given one: needed to number the others.
CREATE OR REPLACE TEMP TABLE json_gaps AS
SELECT line - row_number() OVER (ORDER BY line) AS kept_before
FROM (SELECT DISTINCT line FROM reject_errors)
