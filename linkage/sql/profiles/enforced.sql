-- What was done against each account: a ban stands until it is taken back.
CREATE OR REPLACE TEMP TABLE profile_enforced AS
WITH last_word AS (
    SELECT
        account_id,
        min(ts) FILTER (action = 'ban') AS banned_at,
        max(ts) FILTER (action IN ('ban', 'suspend')) AS last_barred,
        max(ts) FILTER (action = 'reinstate') AS last_reinstated,
        count(*) FILTER (action = 'rate_limit') AS rate_limits
    FROM clean_enforcement
    GROUP BY account_id
)
SELECT
    account_id,
    CASE WHEN last_reinstated IS NULL OR last_reinstated < last_barred THEN banned_at END AS banned_at,
    rate_limits
FROM last_word
