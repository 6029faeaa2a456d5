-- Who did something to which object (an address, a template) in which window; one row however often.
CREATE OR REPLACE TABLE action AS
WITH done AS (
    SELECT account_id, ts, hash('ip', ip) AS object
    FROM clean_exchanges
    WHERE ip IS NOT NULL
    UNION ALL
    SELECT account_id, ts, hash('template', template_id) AS object
    FROM clean_exchanges
    WHERE template_id IS NOT NULL
)
SELECT DISTINCT account.account, done.object, epoch_ms(done.ts) // (3600000 * $hours) AS moment
FROM done
JOIN account USING (account_id)
WHERE done.ts IS NOT NULL
