-- A row for each account in any ring. Only a ring that is suspected can have borrowed an account; whom the operator's
-- allow-list names is never flagged.
SELECT
    account_id,
    ring_id,
    score AS ring_score,
    verdict,
    verdict = 'flagged' AND role = 'member' AND account NOT IN (SELECT account FROM allowed_account) AS flagged,
    CASE WHEN verdict = 'benign' THEN 'member' ELSE role END AS role
FROM ring_member
JOIN ring_verdict USING (ring)
JOIN account USING (account)
ORDER BY account_id
