SELECT
    place, tie,
    campaign_id, verdict, accounts, rings, flagged_rings, outside, texts, sightings, first_seen, last_seen,
    synchronous_share, release_share, release_usual, identifiers
FROM (
    SELECT $sign::DOUBLE * rings AS place, campaign_id AS tie, *
    FROM campaign
)
WHERE
    rings >= $min_rings
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
