-- The accounts of rings by their numbers.
CREATE TABLE member AS
SELECT membership.ring_id, account.account, account.created_at, account.country
FROM membership
JOIN account USING (account_id)
