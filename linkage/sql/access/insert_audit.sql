INSERT INTO audit (at, request_id, principal, role, operation, document, run_id, objects, total, reason)
VALUES (:at, :request_id, :principal, :role, :operation, :document, :run_id, :objects, :total, :reason)
