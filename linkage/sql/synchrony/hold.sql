-- Who follows the hours of a text's accounts, from its first day to its last.
INSERT INTO raw_holding
SELECT hash(account.account_id), found.tier, hash(found.value), found.first, found.last, found.count
FROM followed AS found
JOIN account USING (account)
