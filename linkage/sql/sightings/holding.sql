CREATE OR REPLACE TABLE holding AS
SELECT account.account, identifier.identifier, held.first, held.last, held.count
FROM held
JOIN identifier USING (number)
JOIN account ON hash(account.account_id) = held.account_hash
