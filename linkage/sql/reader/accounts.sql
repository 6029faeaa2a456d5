SELECT
    account_id, created_at, status, plan, pathway, org_id, country, known,
    ring_id, ring_score, verdict, flagged, role
FROM account
WHERE list_contains($ids::VARCHAR[], account_id)
