CREATE OR REPLACE TABLE prompt_span AS
SELECT
    account.account,
    CAST(epoch_ms(min(ts)) // 86400000 * 24 AS INTEGER) AS first,
    CAST(epoch_ms(max(ts)) // 86400000 * 24 AS INTEGER) AS last
FROM clean_exchanges AS exchanges
JOIN account USING (account_id)
WHERE exchanges.prompt IS NOT NULL AND exchanges.template_id IS NULL
GROUP BY ALL
