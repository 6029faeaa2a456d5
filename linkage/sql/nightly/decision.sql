-- What people decided on each account: the latest decision stands, those without a date are the oldest. `age` in hours at
-- the run's moment, NULL without a date.
CREATE OR REPLACE TABLE decision AS
SELECT
    account,
    decision,
    CAST($hour - epoch(decided_at) / 3600 AS DOUBLE) AS age,
    coalesce(sampled IN ('true', '1'), false) AS sampled,
    CASE WHEN probability > 0 THEN probability END AS probability
FROM clean_dispositions
JOIN account USING (account_id)
QUALIFY row_number() OVER (PARTITION BY account ORDER BY decided_at DESC NULLS LAST) = 1
ORDER BY account
