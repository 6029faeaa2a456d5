-- Mail addresses and phone numbers stay behind: this table is kept. Numbered in the order of their ids, because the
-- order of vertices changes what a partition finds.
CREATE OR REPLACE TABLE account AS
SELECT
    CAST(row_number() OVER (ORDER BY account_id) - 1 AS INTEGER) AS account,
    account_id,
    created_at,
    coalesce(status, 'unknown') AS status,
    closed_at,
    deleted_at,
    plan,
    pathway,
    org_id,
    country,
    referral_code,
    known
FROM (
    SELECT *, true AS known
    FROM clean_accounts
    UNION ALL BY NAME
    SELECT account_id, false AS known
    FROM seen_account
    WHERE account_id IS NOT NULL AND account_id NOT IN (SELECT account_id FROM clean_accounts)
)
ORDER BY account_id
