-- Where a value is another account's id, that account is seen with it too.
INSERT INTO link_span
SELECT value_hash, kind, windowed, value_hash, min(first), max(last), 1
FROM link_span
WHERE kind = $kind
GROUP BY ALL
