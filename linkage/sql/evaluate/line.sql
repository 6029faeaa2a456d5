-- What each account holds, of kinds that do not follow from another one (a subnet follows from an address).
CREATE OR REPLACE TABLE line AS
SELECT holding.account, identifier.kind, holding.identifier, unit.unit, unit.ring
FROM holding
JOIN identifier USING (identifier)
JOIN unit USING (account)
ANTI JOIN dependent_kind USING (kind)
