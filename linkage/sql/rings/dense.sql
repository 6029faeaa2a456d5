-- How tightly members are tied: `core`, of the tightest group in the ring (each is tied to so many others of it), and
-- `clustering`, the mean share of a member's pairs of partners that are tied to each other (of members with two or more;
-- NULL without any). A star stands for all pairs of its accounts: who is in one of `n` is in a core of n - 1, and its
-- partners are all tied.
CREATE OR REPLACE TEMP TABLE ring_dense AS
WITH person AS (
    SELECT ring, account
    FROM ring_member
    WHERE role = 'member'
),
star AS (
    SELECT ring, star, count(*) AS accounts
    FROM star_member
    JOIN person USING (account)
    GROUP BY ring, star
),
starred AS (
    SELECT ring, account, max(accounts) - 1 AS core
    FROM star_member
    JOIN person USING (account)
    JOIN star USING (ring, star)
    GROUP BY ring, account
)
SELECT
    ring,
    max(greatest(coalesce(density.core, 0), coalesce(starred.core, 0)))::BIGINT AS core,
    round(avg(CASE WHEN starred.core >= 2 THEN 1 WHEN density.partners >= 2 THEN density.clustering END), 6) AS clustering
FROM person
LEFT JOIN density USING (account)
LEFT JOIN starred USING (ring, account)
GROUP BY ring
