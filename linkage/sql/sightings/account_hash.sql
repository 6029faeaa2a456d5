CREATE OR REPLACE TABLE account_hash AS
SELECT account, hash(account_id) AS account_hash
FROM account
