-- Both accounts of a succession hold it; its count stands with the one that goes on, so that it is counted once.
INSERT INTO raw_holding
SELECT hash(account.account_id), found.kind, hash(found.value), found.first, found.last, found.count
FROM succeeded AS found
JOIN account USING (account)
