-- Pairs on a card or device of few holders that share so many identifiers in all. Each step is materialized: joined in
-- another order, the holders of a common address would be paired with each other first.
WITH linking AS MATERIALIZED (
    SELECT holding.account, holding.identifier, identifier.accounts, linking_kind.name
    FROM holding
    JOIN identifier USING (identifier)
    JOIN linking_kind USING (kind)
    WHERE identifier.accounts >= 2
),
few AS MATERIALIZED (
    SELECT account, identifier
    FROM linking
    WHERE name IN ('card', 'device') AND accounts <= $degree
),
strong AS MATERIALIZED (
    SELECT DISTINCT first.account AS a, second.account AS b
    FROM few AS first
    JOIN few AS second USING (identifier)
    WHERE first.account < second.account
),
of_first AS MATERIALIZED (
    SELECT strong.a, strong.b, linking.identifier
    FROM strong
    JOIN linking ON linking.account = strong.a
)
SELECT of_first.a, of_first.b
FROM of_first
JOIN linking ON linking.account = of_first.b AND linking.identifier = of_first.identifier
GROUP BY of_first.a, of_first.b
HAVING count(*) >= $shared
ORDER BY of_first.a, of_first.b
