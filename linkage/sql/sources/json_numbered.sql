-- The lines of a JSON file with their numbers and whether each is an object. Blank lines are none.
CREATE OR REPLACE TEMP TABLE json_numbered AS
SELECT
    line,
    rowid + 1 AS number,
    coalesce(TRY(json_type(line)) = 'OBJECT', false) AS sound
FROM json_lines
WHERE line > '!' OR trim(line, chr(9) || chr(10) || chr(13) || ' ') <> ''
