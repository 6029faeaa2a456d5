-- A number is an epoch, anything else ISO 8601. The cast to TIMESTAMPTZ honours an offset (the cast to TIMESTAMP
-- drops it) and takes UTC, the session's zone, where there is none.
CREATE OR REPLACE MACRO time_of_text(x) AS
CASE
    -- What most files hold comes first and needs no regular expression.
    WHEN x LIKE '____-__-__ __:__:__' OR x LIKE '____-__-__T__:__:__' THEN TRY_CAST(x AS TIMESTAMP)
    WHEN x LIKE '____-__-__%' AND TRY_CAST(x AS TIMESTAMPTZ) IS NOT NULL
        THEN make_timestamp(epoch_us(TRY_CAST(x AS TIMESTAMPTZ)))
    WHEN regexp_full_match(x, '[0-9]{8}') THEN try_strptime(x, '%Y%m%d')
    WHEN regexp_full_match(x, '[+-]?[0-9]+') THEN time_of_epoch(TRY_CAST(x AS BIGINT))
    WHEN regexp_full_match(x, '[+-]?[0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?') THEN time_of_number(TRY_CAST(x AS DOUBLE))
    ELSE coalesce(
        make_timestamp(epoch_us(TRY_CAST(upper(x) AS TIMESTAMPTZ))),
        try_strptime(upper(x), ['%Y%m%dT%H%M%SZ', '%Y%m%dT%H%M%S', '%Y-%m-%dT%H'])
    )
END
