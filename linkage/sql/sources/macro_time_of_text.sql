-- A number is an epoch, anything else ISO 8601. The cast to TIMESTAMPTZ honours an offset (the cast to TIMESTAMP
-- drops it) and takes UTC, the session's zone, where there is none.
CREATE OR REPLACE MACRO time_of_text(x) AS
CASE
    WHEN regexp_full_match(x, '[0-9]{8}') THEN try_strptime(x, '%Y%m%d')
    WHEN regexp_full_match(x, '[+-]?[0-9]+') THEN time_of_epoch(TRY_CAST(x AS BIGINT))
    WHEN regexp_full_match(x, '[+-]?[0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?') THEN time_of_number(TRY_CAST(x AS DOUBLE))
    ELSE coalesce(
        TRY_CAST(x AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
        TRY_CAST(upper(x) AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
        try_strptime(upper(x), ['%Y%m%dT%H%M%SZ', '%Y%m%dT%H%M%S', '%Y-%m-%dT%H'])
    )
END
