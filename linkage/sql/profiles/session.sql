CREATE OR REPLACE TEMP TABLE profile_session AS
SELECT account_id, count(*) AS sessions, min(ts) AS first_session, max(ts) AS last_session
FROM clean_sessions
GROUP BY account_id
