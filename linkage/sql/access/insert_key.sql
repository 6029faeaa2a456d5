INSERT INTO key (key_id, name, role, scopes, digest, created_at, expires_at)
VALUES (:key_id, :name, :role, :scopes, :digest, :created_at, :expires_at)
