// Opens a run in the ledger, or writes down what became of it. Only the published run has the label Run.
MERGE (run:Linkage:Ledger {uid: $uid})
ON CREATE SET run.seq = $seq
SET run.run_id = $run_id, run.status = $status, run.record = $record
