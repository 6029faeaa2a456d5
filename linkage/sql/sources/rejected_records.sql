-- What DuckDB's CSV reader could not read. A quote that is not closed swallows lines: each of them is named, so that
-- none is lost in silence. The text of a record is unparsed, so it is left out where a column is sensitive.
INSERT INTO quarantined ("table", file, line, reason, "row")
WITH records AS (
    SELECT
        line,
        arg_min(error_type, coalesce(column_idx, 0)) AS error,
        trim(any_value(csv_line), chr(10) || chr(13)) AS content
    FROM reject_errors
    GROUP BY line, line_byte_position
),

pieces AS (
    SELECT
        line,
        error,
        unnest(string_split(content, chr(10))) AS piece,
        generate_subscripts(string_split(content, chr(10)), 1) AS place
    FROM records
)

SELECT
    $table,
    $file,
    line + place - 1,
    CASE error
        WHEN 'MISSING COLUMNS' THEN 'fewer fields than the header has'
        WHEN 'TOO MANY COLUMNS' THEN 'more fields than the header has'
        WHEN 'UNQUOTED VALUE' THEN 'a quote is not closed or not escaped'
        WHEN 'INVALID ENCODING' THEN 'is not UTF-8'
        WHEN 'LINE SIZE OVER MAXIMUM' THEN 'is too long'
        ELSE lower(error)
    END,
    CAST(
        json_object(
            'unparsed',
            CASE
                WHEN $sensitive OR length(piece) > 2000 THEN '«' || length(piece) || ' characters»'
                ELSE mask_cards(trim(piece, chr(13)))
            END
        ) AS VARCHAR
    )
FROM pieces
WHERE place = 1 OR trim(piece, chr(13) || ' ') <> ''
