-- The country of most of a ring's accounts.
SELECT ring_id, arg_min(country, (-accounts, country)) AS country
FROM (SELECT ring_id, country, count(*) AS accounts FROM member WHERE country IS NOT NULL GROUP BY ALL)
GROUP BY ring_id
