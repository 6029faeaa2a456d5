INSERT INTO raw_holding
SELECT account_hash, kind, value_hash, min(first), max(last), sum(count)::BIGINT
FROM link_span
WHERE NOT windowed
GROUP BY ALL
