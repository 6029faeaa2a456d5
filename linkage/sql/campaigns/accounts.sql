-- Who takes part in which campaign.
SELECT campaign_id, account_id, ring_id, texts::BIGINT AS texts, sightings
FROM campaign_part
JOIN campaign_name USING (campaign)
JOIN account USING (account)
LEFT JOIN ring_verdict USING (ring)
ORDER BY campaign_id, account_id
