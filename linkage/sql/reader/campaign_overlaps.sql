-- The overlap of these campaigns with their rings, the most accounts first, at most $limit rings each.
SELECT campaign_id, ring_id, accounts, ring_share, campaign_share
FROM campaign_ring
WHERE list_contains($ids::VARCHAR[], campaign_id)
QUALIFY row_number() OVER (PARTITION BY campaign_id ORDER BY accounts DESC, ring_id) <= $limit
ORDER BY campaign_id, accounts DESC, ring_id
