-- Every key of the file's objects. The bound keeps a file whose keys are data from becoming a table of its rows.
SELECT name
FROM (SELECT unnest(json_keys(line)) AS name FROM json_numbered WHERE sound)
GROUP BY name
ORDER BY count(*) DESC, name
LIMIT 2000
