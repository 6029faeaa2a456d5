-- The hours of each shared holding whose kind has a time window.
CREATE OR REPLACE TABLE hour AS
SELECT DISTINCT account.account, identifier.identifier, raw_hour.bucket
FROM raw_hour
JOIN value_key ON value_key.source_kind = raw_hour.kind AND value_key.value_hash = raw_hour.value_hash
JOIN identifier ON identifier.number = value_key.number AND identifier.accounts >= 2
JOIN kind_number ON kind_number.kind = identifier.kind AND kind_number.windowed
JOIN account ON hash(account.account_id) = raw_hour.account_hash
