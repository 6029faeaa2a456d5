-- Members by the identifiers that the simulator says are their own operator's, whoever else holds them by chance.
WITH ring AS (
    SELECT DISTINCT truth.ring AS owner, party.ring
    FROM truth
    JOIN account USING (account_id)
    JOIN party USING (account)
    WHERE party.ring IS NOT NULL
)
SELECT DISTINCT holding.account, holding.identifier
FROM told_owner
JOIN kind_number ON kind_number.name = told_owner.kind
JOIN identifier ON identifier.kind = kind_number.kind AND identifier.key = told_owner.key
JOIN ring USING (owner)
JOIN holding USING (identifier)
JOIN party ON party.account = holding.account AND party.ring = ring.ring
ORDER BY holding.account, holding.identifier
