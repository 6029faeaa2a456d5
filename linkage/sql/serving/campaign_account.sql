-- Who takes part in which campaign, each campaign's accounts in one place.
CREATE TABLE campaign_account AS
SELECT source.campaign_id, source.texts AS campaign_texts, source.sightings AS campaign_sightings, account.*
FROM source_campaign_accounts AS source
JOIN account USING (account_id)
ORDER BY campaign_id, account_id
