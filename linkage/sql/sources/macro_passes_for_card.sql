-- 13 to 19 digits, however grouped, of a payment brand's range, check digit valid. The comparisons come first
-- because they cost nothing, and few values begin with such a digit or with a blank.
CREATE OR REPLACE MACRO passes_for_card(x) AS
CASE
    WHEN (x >= '2' AND x < '7') OR x < '!' THEN
        CASE
            WHEN regexp_full_match(x, '\s*[2-6](?:[ ._/-]{0,3}[0-9]){12,18}\s*')
                THEN luhn(regexp_replace(x, '[^0-9]', '', 'g'))
            ELSE false
        END
    ELSE false
END
