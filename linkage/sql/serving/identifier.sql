CREATE TABLE identifier AS
SELECT
    identifier,
    kind,
    key,
    caption,
    family,
    accounts,
    degree,
    links,
    near_proof,
    supporting,
    coalesce(reason, '') AS reason,
    kind || ':' || key AS name
FROM source_identifiers
ORDER BY identifier
