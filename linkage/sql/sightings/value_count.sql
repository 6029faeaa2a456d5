-- How many values of each kind an account holds, shared or not: n of the conditional chance.
CREATE OR REPLACE TABLE value_count AS
SELECT account, kind, count(*) AS values
FROM holding
JOIN identifier USING (identifier)
GROUP BY ALL
