CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    request_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    role TEXT NOT NULL,
    operation TEXT NOT NULL,
    document TEXT NOT NULL,
    run_id TEXT NOT NULL,
    objects TEXT NOT NULL,
    total INTEGER NOT NULL,
    reason TEXT NOT NULL
)
