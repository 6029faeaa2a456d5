-- The line on which the k-th record of a CSV file starts. A line starts one when the quotes before it pair up and it
-- is not blank; the lines of records that the reader rejected count for neither.
CREATE OR REPLACE TEMP TABLE csv_starts AS
WITH lines AS (
    SELECT
        rowid + 1 AS number,
        line,
        rowid + 1 <= $header OR (rowid + 1) IN (
            SELECT line FROM quarantined WHERE NOT parsed AND "table" = $table AND file = $file
        ) AS skipped
    FROM csv_lines
),

counted AS (
    SELECT
        number,
        skipped OR line IS NULL AS skipped,
        coalesce(
            sum(CASE WHEN skipped OR line IS NULL THEN 0 ELSE length(line) - length(replace(line, '"', '')) END)
                OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            0
        ) AS quotes
    FROM lines
)

SELECT
    number,
    row_number() OVER (ORDER BY number) AS record
FROM counted
WHERE quotes % 2 = 0 AND NOT skipped
