-- Templates found in prompts are seen on the account's first and last day of prompts.
INSERT INTO seen
SELECT
    account_hash.account_hash,
    $kind::USMALLINT,
    hash(found.template),
    unnest(list_distinct([span.first, span.last])),
    found.n
FROM found_template AS found
JOIN prompt_span AS span USING (account)
JOIN account_hash USING (account)
