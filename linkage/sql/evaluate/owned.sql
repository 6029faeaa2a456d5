-- Members by the identifiers that are their own party's alone: as the simulator tells it, whoever else holds them by
-- chance; of identifiers that it does not name, those that nobody else holds.
WITH told AS (
    SELECT identifier.identifier, told_owner.owner
    FROM told_owner
    JOIN kind_number ON kind_number.name = told_owner.kind
    JOIN identifier ON identifier.kind = kind_number.kind AND identifier.key = told_owner.key
),
owner_ring AS (
    SELECT DISTINCT truth.ring AS owner, party.ring
    FROM truth
    JOIN account USING (account_id)
    JOIN party USING (account)
    WHERE party.ring IS NOT NULL
),
owned AS (
    SELECT told.identifier, owner_ring.ring
    FROM told
    JOIN owner_ring USING (owner)
    UNION
    SELECT holding.identifier, any_value(party.ring)
    FROM holding
    JOIN identifier USING (identifier)
    JOIN linking_kind USING (kind)
    JOIN party USING (account)
    ANTI JOIN told USING (identifier)
    WHERE identifier.accounts >= 2
    GROUP BY holding.identifier
    HAVING count(*) >= 2 AND count(DISTINCT coalesce(party.ring, -1)) = 1 AND max(party.ring) IS NOT NULL
)
SELECT DISTINCT holding.account, holding.identifier
FROM owned
JOIN holding USING (identifier)
JOIN party ON party.account = holding.account AND party.ring = owned.ring
ORDER BY holding.account, holding.identifier
