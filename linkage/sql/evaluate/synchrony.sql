-- Pairs that act on the same object in the same window often enough, for all that either does.
WITH bucket AS (
    SELECT object, moment
    FROM action
    GROUP BY object, moment
    HAVING count(*) BETWEEN 2 AND $most
),
met AS (
    SELECT action.account, action.object, action.moment
    FROM action
    JOIN bucket USING (object, moment)
),
total AS (
    SELECT account, count(*) AS actions
    FROM action
    GROUP BY account
),
matched AS (
    SELECT first.account AS a, second.account AS b, count(*) AS matches
    FROM met AS first
    JOIN met AS second USING (object, moment)
    WHERE first.account < second.account
    GROUP BY first.account, second.account
    HAVING count(*) >= $matches
)
SELECT matched.a, matched.b
FROM matched
JOIN total AS of_a ON of_a.account = matched.a
JOIN total AS of_b ON of_b.account = matched.b
WHERE matched.matches >= $jaccard * (of_a.actions + of_b.actions - matched.matches)
ORDER BY matched.a, matched.b
