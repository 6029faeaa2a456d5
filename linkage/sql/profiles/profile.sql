-- One row an account: what it does by itself. NULL is "not known"; times are UTC, shares lie in [0, 1].
CREATE OR REPLACE TABLE profile AS
WITH observed AS (
    SELECT greatest(date_diff('hour', min(first_activity), max(last_activity)) / 24.0, 1.0) AS days
    FROM profile_activity
),
plan AS (
    SELECT plan, max(monthly_allowance) AS allowance
    FROM clean_plans
    GROUP BY plan
)
SELECT
    account.account,
    activity.exchanges,
    activity.active_days,
    bit_count(activity.hours) AS hours_of_day,
    activity.pause,
    activity.tokens_in,
    activity.tokens_out,
    activity.models,
    activity.refused_share,
    activity.peak_share,
    activity.span_days,
    activity.ramp,
    activity.evenness,
    activity.fresh,
    activity.chances,
    least(activity.first_activity, session.first_session) AS first_activity,
    greatest(activity.last_activity, session.last_session) AS last_activity,
    date_diff('minute', account.created_at, least(activity.first_activity, session.first_session)) / 1440.0 AS days_to_start,
    session.sessions,
    CASE
        WHEN activity.exchanges IS NOT NULL THEN percent_rank() OVER (PARTITION BY activity.exchanges IS NULL ORDER BY activity.exchanges)
    END AS volume_rank,
    coalesce(enforced.banned_at IS NOT NULL OR account.status = 'banned', false) AS banned,
    enforced.banned_at,
    enforced.rate_limits,
    money.cards,
    money.prepaid_share,
    money.payments,
    money.declined,
    money.chargebacks,
    money.paid,
    (activity.tokens_in + activity.tokens_out) / (plan.allowance * observed.days / 30.0) AS plan_use,
    account.plan,
    account.pathway,
    account.org_id,
    account.country,
    account.created_at
FROM account
CROSS JOIN observed
LEFT JOIN profile_activity AS activity USING (account_id)
LEFT JOIN profile_session AS session USING (account_id)
LEFT JOIN profile_enforced AS enforced USING (account_id)
LEFT JOIN profile_money AS money USING (account_id)
LEFT JOIN plan ON plan.plan = account.plan AND plan.allowance > 0
ORDER BY account.account
