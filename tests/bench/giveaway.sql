WITH
ranges AS (
    SELECT CASE WHEN contains(cidr, ':') THEN split_part(cidr, '::', 1) ELSE replace(cidr, '.0.0/16', '') END AS prefix, class, country AS place
    FROM ip_ranges
),
seen AS (
    SELECT
        account_id, ts, ip, device_id, user_agent, tls_fingerprint,
        CASE WHEN contains(ip, ':') THEN regexp_extract(ip, '^[0-9a-f]+:[0-9a-f]+') ELSE regexp_extract(ip, '^[0-9]+[.][0-9]+') END AS prefix
    FROM sessions
),
by_session AS (
    SELECT
        account_id,
        count(*) AS sessions,
        count(DISTINCT ip) AS ips,
        count(DISTINCT prefix) AS networks,
        count(DISTINCT class) AS classes,
        count(DISTINCT device_id) AS devices,
        count(device_id) / count(*) AS with_device,
        count(DISTINCT user_agent) AS agents,
        count(DISTINCT tls_fingerprint) AS stacks,
        avg((class = 'residential')::INT) AS residential,
        avg((class = 'residential_proxy')::INT) AS proxies,
        avg((class = 'hosting')::INT) AS hosting,
        avg((class = 'vpn')::INT) AS vpn,
        avg((class IN ('mobile', 'cgnat'))::INT) AS carrier,
        avg((class IN ('corporate', 'education'))::INT) AS office,
        avg((contains(ip, ':'))::INT) AS six,
        avg((place IS DISTINCT FROM country)::INT) AS abroad,
        count(DISTINCT place) AS places,
        avg((starts_with(user_agent, 'Mozilla'))::INT) AS browser,
        avg((starts_with(user_agent, 'aster-python'))::INT) AS sdk,
        avg((minute(ts) = 0)::INT) AS on_the_hour,
        count(DISTINCT date_trunc('hour', ts)) / count(*) AS hours_a_session,
        count(DISTINCT date_trunc('day', ts)) AS days,
        count(*) / count(DISTINCT ip) AS sessions_an_ip
    FROM seen
    LEFT JOIN ranges USING (prefix)
    JOIN (SELECT account_id, country FROM accounts) USING (account_id)
    GROUP BY 1
),
by_day AS (
    SELECT account_id, stddev_pop(n) / avg(n) AS unevenness, max(n) / sum(n) AS busiest_day
    FROM (SELECT account_id, date_trunc('day', ts) AS day, count(*) AS n FROM exchanges GROUP BY ALL)
    GROUP BY 1
),
by_hour AS (
    SELECT account_id, -sum(p * ln(p)) AS hour_entropy, max(p) AS busiest_hour
    FROM (
        SELECT account_id, n / sum(n) OVER (PARTITION BY account_id) AS p
        FROM (SELECT account_id, hour(ts) AS h, count(*) AS n FROM exchanges GROUP BY ALL)
    )
    GROUP BY 1
),
by_template AS (
    SELECT account_id, count(*) AS templates, max(n) / sum(n) AS main_template
    FROM (SELECT account_id, template_id, count(*) AS n FROM exchanges WHERE template_id IS NOT NULL GROUP BY ALL)
    GROUP BY 1
),
by_exchange AS (
    SELECT
        account_id,
        count(*) AS exchanges,
        avg(input_tokens) AS input_mean,
        avg(output_tokens) AS output_mean,
        avg(ln(input_tokens)) AS input_log,
        avg(ln(output_tokens)) AS output_log,
        stddev_pop(ln(input_tokens)) AS input_spread,
        stddev_pop(ln(output_tokens)) AS output_spread,
        sum(input_tokens + output_tokens) AS tokens,
        avg((template_id IS NULL)::INT) AS free_text,
        count(DISTINCT model) AS models,
        avg((model = 'aster-5-large')::INT) AS newest,
        avg((status_code = 429)::INT) AS refused,
        avg((status_code <> 200)::INT) AS failed,
        count(DISTINCT credential_id) AS keys,
        count(DISTINCT pathway) AS pathways,
        count(system_prompt) / count(*) AS with_system,
        count(tools_hash) / count(*) AS with_tools,
        avg((hour(ts) < 6)::INT) AS night,
        avg((dayofweek(ts) IN (0, 6))::INT) AS weekend,
        epoch(max(ts) - min(ts)) AS span,
        epoch(min(ts)) AS first_use
    FROM exchanges
    GROUP BY 1
),
by_card AS (
    SELECT account_id, count(*) AS cards, avg((funding IN ('virtual', 'prepaid'))::INT) AS virtual
    FROM payment_methods GROUP BY 1
),
by_payment AS (
    SELECT
        account_id, count(*) AS payments, sum(amount) AS paid,
        avg((outcome = 'declined')::INT) AS declined, avg((outcome = 'chargeback')::INT) AS taken_back
    FROM payments GROUP BY 1
),
by_action AS (
    SELECT
        account_id, count(*) AS actions, max((action = 'ban')::INT) AS banned,
        max((action = 'rate_limit')::INT) AS limited, max((action = 'suspend')::INT) AS suspended
    FROM enforcement GROUP BY 1
),
codes AS (
    SELECT
        account_id,
        epoch(created_at) AS created,
        hour(created_at) AS created_hour,
        dayofweek(created_at) AS created_weekday,
        epoch(closed_at) AS closed,
        dense_rank() OVER (ORDER BY plan) AS plan,
        dense_rank() OVER (ORDER BY pathway) AS pathway,
        dense_rank() OVER (ORDER BY country) AS country,
        (org_id IS NOT NULL)::INT AS organised,
        (phone IS NOT NULL)::INT AS with_phone,
        (referral_code IS NOT NULL)::INT AS referred,
        length(split_part(email, '@', 1)) AS mail_length,
        length(regexp_replace(split_part(email, '@', 1), '[^0-9]', '', 'g')) AS mail_digits,
        contains(split_part(email, '@', 1), '.')::INT AS mail_dot,
        (split_part(email, '@', 2) IN ('gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'hotmail.com', 'proton.me'))::INT AS free_mail
    FROM accounts
)
SELECT
    account_id,
    CASE WHEN l.role = 'member' THEN l.ring_id ELSE '' END AS ring,
    codes.* EXCLUDE (account_id),
    by_session.* EXCLUDE (account_id),
    by_day.* EXCLUDE (account_id),
    by_hour.* EXCLUDE (account_id),
    by_template.* EXCLUDE (account_id),
    by_exchange.* EXCLUDE (account_id),
    by_card.* EXCLUDE (account_id),
    by_payment.* EXCLUDE (account_id),
    by_action.* EXCLUDE (account_id),
    coalesce(by_exchange.tokens, 0) / (1 + coalesce(by_payment.paid, 0)) AS tokens_a_dollar,
    by_exchange.exchanges / by_session.sessions AS session_length,
    by_exchange.first_use - codes.created AS waited
FROM labels AS l
JOIN codes USING (account_id)
LEFT JOIN by_session USING (account_id)
LEFT JOIN by_day USING (account_id)
LEFT JOIN by_hour USING (account_id)
LEFT JOIN by_template USING (account_id)
LEFT JOIN by_exchange USING (account_id)
LEFT JOIN by_card USING (account_id)
LEFT JOIN by_payment USING (account_id)
LEFT JOIN by_action USING (account_id)
WHERE l.role <> 'victim'
ORDER BY account_id
