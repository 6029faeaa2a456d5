-- Distinct prompts of each account that come without a template id.
CREATE OR REPLACE TABLE prompt_text AS
SELECT
    account.account::BIGINT AS account,
    exchanges.prompt AS text,
    count(*)::BIGINT AS n
FROM clean_exchanges AS exchanges
JOIN account USING (account_id)
WHERE exchanges.prompt IS NOT NULL AND exchanges.template_id IS NULL
GROUP BY account.account, exchanges.prompt
ORDER BY 1
