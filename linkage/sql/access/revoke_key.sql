-- An earlier end stands.
UPDATE key
SET revoked_at = min(coalesce(revoked_at, :at), :at)
WHERE key_id = :key_id
