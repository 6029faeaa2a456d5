CREATE TABLE campaign AS
SELECT
    campaign_id, verdict, accounts, rings, flagged_rings, outside, texts, sightings, first_seen, last_seen,
    synchronous_share, release_share, release_usual, identifiers
FROM source_campaigns
ORDER BY campaign_id
