-- The overlap of campaigns and rings.
CREATE TABLE campaign_ring AS
SELECT campaign_id, ring_id, accounts, ring_share, campaign_share
FROM source_campaign_rings
ORDER BY campaign_id, ring_id
