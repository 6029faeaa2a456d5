// The last statement of the transaction that publishes a run.
MERGE (pointer:Linkage:Ledger {uid: 'pointer'})
WITH pointer, pointer.run_id AS earlier
MATCH (run:Linkage {uid: $uid})
SET run:Run, run.status = 'published', run.record = $record, run += $totals
SET pointer.run_id = run.run_id, pointer.seq = run.seq
WITH run, earlier
MATCH (old:Ledger {run_id: earlier})
WHERE old.uid <> run.uid AND old:Run
REMOVE old:Run
