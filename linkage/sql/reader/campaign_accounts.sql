SELECT
    campaign_id AS parent, place, tie, account_id, created_at, status, plan, pathway, org_id, country, known,
    ring_id, ring_score, verdict, flagged, role
FROM (
    SELECT
        coalesce($sign::DOUBLE * CASE $sort::VARCHAR
            WHEN 'id' THEN 0.0
            WHEN 'created_at' THEN epoch(created_at)
            WHEN 'ring_score' THEN ring_score
        END, 'infinity'::DOUBLE) AS place,
        account_id AS tie,
        *
    FROM campaign_account
    WHERE list_contains($parents::VARCHAR[], campaign_id)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY campaign_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
