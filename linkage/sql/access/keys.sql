SELECT key_id, name, role, scopes, created_at, expires_at, revoked_at
FROM key
ORDER BY created_at, key_id
