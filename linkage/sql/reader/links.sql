SELECT account_a, account_b, bits, ring_id
FROM link
WHERE (account_a, account_b) IN (SELECT unnest($firsts::VARCHAR[]), unnest($seconds::VARCHAR[]))
