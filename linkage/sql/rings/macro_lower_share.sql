-- The lower end of what k of n says of a share (Wilson, one-sided 95 %): two of two is no proof of "all".
CREATE OR REPLACE TEMP MACRO lower_share(k, n) AS
CASE
    WHEN n > 0 THEN (k / n + 1.353 / n - 1.645 * sqrt(greatest((k / n) * (1 - k / n) / n + 0.6765 / (n * n), 0))) / (1 + 2.706 / n)
END
