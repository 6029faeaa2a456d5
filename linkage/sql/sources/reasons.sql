-- Why rows of a table are in quarantine, the most frequent reason first.
SELECT
    reason,
    count(*) AS rows
FROM quarantined
WHERE "table" = $table
GROUP BY reason
ORDER BY rows DESC, reason
