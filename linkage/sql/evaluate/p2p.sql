-- Pairs on a card or device of few holders that share so many identifiers in all.
WITH linking AS (
    SELECT identifier.identifier, identifier.accounts, linking_kind.name
    FROM identifier
    JOIN linking_kind USING (kind)
    WHERE identifier.accounts >= 2
),
strong AS (
    SELECT DISTINCT first.account AS a, second.account AS b
    FROM linking
    JOIN holding AS first USING (identifier)
    JOIN holding AS second USING (identifier)
    WHERE linking.name IN ('card', 'device') AND linking.accounts <= $degree AND first.account < second.account
)
SELECT strong.a, strong.b
FROM strong
JOIN holding AS first ON first.account = strong.a
JOIN holding AS second ON second.account = strong.b AND second.identifier = first.identifier
JOIN linking ON linking.identifier = first.identifier
GROUP BY strong.a, strong.b
HAVING count(*) >= $shared
ORDER BY strong.a, strong.b
