-- Accounts that are on the operator's allow-list themselves.
CREATE OR REPLACE TABLE allowed_account AS
SELECT DISTINCT account.account
FROM named_value
JOIN named_key ON named_key.written = named_value.kind AND named_key.value = named_value.value
JOIN account ON account.account_id = named_key.key
WHERE said_by = 'allow_list' AND named_key.kind = 'account'
ORDER BY account.account
