-- The campaign that an account works for: the one that it sends most of, one account once.
SELECT account_id, campaign AS ring
FROM campaign_part
JOIN account USING (account)
QUALIFY row_number() OVER (PARTITION BY account ORDER BY sightings DESC, texts DESC, campaign) = 1
ORDER BY ring, account_id
