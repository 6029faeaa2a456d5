INSERT INTO quarantined ("table", file, line, reason, "row")
SELECT
    $table,
    $file,
    number,
    'is not a JSON object',
    CAST(
        json_object(
            'unparsed',
            CASE
                WHEN $sensitive OR length(line) > 2000 THEN '«' || length(line) || ' characters»'
                ELSE mask_cards(line)
            END
        ) AS VARCHAR
    )
FROM json_numbered
WHERE NOT sound
