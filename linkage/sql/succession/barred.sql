-- Accounts that were stopped, and when (ms since 1970), if anybody could have been seen to begin after it.
CREATE OR REPLACE TEMP TABLE barred AS
SELECT DISTINCT account.account, hash(account.account_id) AS account_hash, epoch_ms(ts) AS moment
FROM clean_enforcement
JOIN account USING (account_id)
WHERE action IN ('ban', 'suspend') AND ts >= (SELECT min(first) FROM profile_day)
