-- The accounts of each ring by their ids, in order.
SELECT account_id, ring
FROM member
JOIN account USING (account)
ORDER BY ring, account_id
