-- Who holds what an account held before it was stopped, and from when on (hours since 1970).
WITH wanted AS (
    SELECT DISTINCT kind, value_hash
    FROM raw_holding
    JOIN barred USING (account_hash)
    WHERE list_contains($kinds, kind) AND first * 3600000::BIGINT <= barred.moment
),
rare AS (
    SELECT kind, value_hash
    FROM raw_holding
    SEMI JOIN wanted USING (kind, value_hash)
    GROUP BY kind, value_hash
    HAVING count(*) BETWEEN 2 AND $most
)
SELECT
    dense_rank() OVER (ORDER BY rare.kind, rare.value_hash) - 1 AS value,
    account.account,
    raw_holding.first
FROM raw_holding
JOIN rare USING (kind, value_hash)
JOIN account ON hash(account.account_id) = raw_holding.account_hash
ORDER BY value, account.account
