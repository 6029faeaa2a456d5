MATCH (run:Ledger)
WHERE run.run_id IS NOT NULL AND run.record IS NOT NULL
RETURN run.run_id AS run_id, run.seq AS seq, run.status AS status, run.record AS record
ORDER BY seq
