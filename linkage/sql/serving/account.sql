-- Accounts with the ring that each is in, in the order of their numbers, which is that of their ids.
CREATE TABLE account AS
SELECT
    source.account,
    source.account_id,
    source.created_at,
    source.status,
    source.plan,
    source.pathway,
    source.org_id,
    source.country,
    source.known,
    membership.ring_id,
    membership.ring_score,
    membership.verdict,
    coalesce(membership.flagged, false) AS flagged,
    membership.role
FROM source_accounts AS source
LEFT JOIN source_memberships AS membership ON membership.account_id = source.account_id
ORDER BY source.account
