-- The texts of each campaign: those that most of its accounts send first.
SELECT campaign_id, identifier, count(*)::BIGINT AS accounts
FROM campaign_text
JOIN campaign_name USING (campaign)
JOIN holding USING (identifier)
JOIN campaign_part USING (campaign, account)
GROUP BY campaign_id, identifier
ORDER BY campaign_id, accounts DESC, identifier
