CREATE TRIGGER IF NOT EXISTS audit_fixed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END
