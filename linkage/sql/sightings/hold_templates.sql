-- Templates found in prompts were held from the account's first day of prompts to its last.
INSERT INTO raw_holding
SELECT hash(account.account_id), $kind::USMALLINT, hash(found.template), span.first, span.last, found.n
FROM found_template AS found
JOIN prompt_span AS span USING (account)
JOIN account USING (account)
