-- The links of accounts that a walk has reached, strongest first.
SELECT account_a, account_b, bits, ring_id
FROM link_end
WHERE account IN (SELECT account FROM account JOIN (SELECT unnest($frontier::VARCHAR[]) AS account_id) USING (account_id))
ORDER BY bits DESC, account_a, account_b
LIMIT $limit
