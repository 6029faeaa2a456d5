-- Members by the identifiers that only their own party holds, as the data and the labels tell it.
WITH owned AS (
    SELECT holding.identifier
    FROM holding
    JOIN identifier USING (identifier)
    JOIN linking_kind USING (kind)
    JOIN party USING (account)
    WHERE identifier.accounts >= 2
    GROUP BY holding.identifier
    HAVING count(*) >= 2 AND count(DISTINCT coalesce(party.ring, -1)) = 1 AND max(party.ring) IS NOT NULL
)
SELECT holding.account, holding.identifier
FROM owned
JOIN holding USING (identifier)
JOIN party USING (account)
ORDER BY holding.account, holding.identifier
