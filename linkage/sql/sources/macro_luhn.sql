-- ISO/IEC 7812-1 over up to 19 digits; zeros in front do not change the sum.
CREATE OR REPLACE MACRO luhn(digits) AS
list_sum(
    list_transform(
        list_zip(range(1, 20), string_split(lpad(digits, 19, '0'), '')),
        lambda place: CASE
            WHEN place[1] % 2 = 1 THEN CAST(place[2] AS BIGINT)
            ELSE CAST(place[2] AS BIGINT) * 2 - 9 * (CAST(place[2] AS BIGINT) // 5)
        END
    )
) % 10 = 0
