SELECT at, request_id, principal, role, operation, document, run_id, objects, total, reason
FROM audit
ORDER BY number
