-- The lines of a JSON file with their numbers and whether each is an object. Blank lines are none.
CREATE OR REPLACE TEMP TABLE json_numbered AS
SELECT
    line,
    rowid + 1 + (SELECT count(*) FROM json_gaps WHERE kept_before <= json_lines.rowid) AS number,
    coalesce(CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END, false) AS sound
FROM json_lines
WHERE trim(line, chr(9) || chr(10) || chr(13) || ' ') <> ''
