-- Seconds, milliseconds, microseconds or nanoseconds since 1970: the ranges of plausible times do not overlap.
CREATE OR REPLACE MACRO time_of_epoch(v) AS
CASE
    WHEN v BETWEEN -99999999999 AND 99999999999 THEN make_timestamp(v * 1000000)
    WHEN v BETWEEN -99999999999999 AND 99999999999999 THEN make_timestamp(v * 1000)
    WHEN v BETWEEN -99999999999999999 AND 99999999999999999 THEN make_timestamp(v)
    ELSE make_timestamp(v // 1000)
END
