-- Everything that was sent of those texts, by text and time.
SELECT
    asked_text.number AS text,
    account.account,
    epoch_ms(ts) AS moment,
    coalesce(status_code = 429, false) AS refused
FROM clean_exchanges
JOIN asked_text ON asked_text.text = hash(coalesce(template_id, prompt))
JOIN account USING (account_id)
ORDER BY asked_text.number, moment, account.account
