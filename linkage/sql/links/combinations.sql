-- Pairs of common identifiers that the same accounts hold. An account with very many common identifiers is taken
-- by its rarest: the number of combinations grows with the sightings and not with their square.
CREATE OR REPLACE TABLE combination AS
WITH rarest AS (
    SELECT account, identifier, family
    FROM common_holding
    QUALIFY row_number() OVER (PARTITION BY account ORDER BY degree, identifier) <= $most
)
SELECT
    one.identifier AS first,
    two.identifier AS second,
    count(*) AS accounts
FROM rarest AS one
JOIN rarest AS two
    ON one.account = two.account
    AND one.identifier < two.identifier
    AND (one.family <> two.family OR $same_family)
GROUP BY ALL
HAVING count(*) >= $least
ORDER BY ALL
