-- Texts that several accounts send, each seldom enough that a coincidence of seconds says something. Prompts that come
-- without a template are asked as they were written, where one was refused.
CREATE OR REPLACE TEMP TABLE asked_text AS
SELECT text, CAST(row_number() OVER (ORDER BY text) - 1 AS BIGINT) AS number
FROM (
    SELECT value_hash AS text
    FROM raw_holding
    WHERE kind = $template
    GROUP BY value_hash
    HAVING count(*) >= 2 AND sum(count) <= $most
    UNION
    SELECT hash(prompt)
    FROM clean_exchanges
    WHERE status_code = 429 AND prompt IS NOT NULL AND template_id IS NULL
)
