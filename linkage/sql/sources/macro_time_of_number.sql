-- The same for a number with a fraction; NaN and infinity give NULL.
CREATE OR REPLACE MACRO time_of_number(v) AS
CASE
    WHEN v BETWEEN -99999999999.0 AND 99999999999.0 THEN make_timestamp(CAST(round(v * 1000000) AS BIGINT))
    ELSE time_of_epoch(TRY_CAST(v AS BIGINT))
END
