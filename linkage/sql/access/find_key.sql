SELECT key_id, name, role, scopes, created_at, expires_at, revoked_at, digest
FROM key
WHERE key_id = :key_id
