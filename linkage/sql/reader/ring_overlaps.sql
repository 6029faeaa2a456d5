-- The overlap of these rings with their campaigns, the most accounts first, at most $limit campaigns each.
SELECT campaign_id, ring_id, accounts, ring_share, campaign_share
FROM campaign_ring
WHERE list_contains($ids::VARCHAR[], ring_id)
QUALIFY row_number() OVER (PARTITION BY ring_id ORDER BY accounts DESC, campaign_id) <= $limit
ORDER BY ring_id, accounts DESC, campaign_id
