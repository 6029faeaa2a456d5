-- The identifiers that most of each ring's members share, by how many they are and how few others have them.
SELECT ring, ring_shared.kind, identifier.key, holders, ring_shared.accounts, sightings
FROM ring_shared
JOIN identifier USING (identifier)
JOIN ring_kind ON ring_kind.name = ring_shared.kind
WHERE private AND NOT support AND holders >= 2
QUALIFY row_number() OVER (PARTITION BY ring ORDER BY holders DESC, ring_shared.accounts, ring_shared.kind, identifier.key) <= $most
ORDER BY ring, holders DESC, ring_shared.accounts, ring_shared.kind, identifier.key
