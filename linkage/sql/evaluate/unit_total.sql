-- How many values of each kind a unit holds: `lines` counts each account, `choices` each distinct value.
CREATE OR REPLACE TABLE unit_total AS
SELECT unit, any_value(ring) AS ring, kind, count(*) AS lines, count(DISTINCT identifier) AS choices
FROM line
GROUP BY unit, kind
