-- The organisation that most members belong to, by what they say themselves; and the share of members that are at home
-- in some house: at least one other member has their organisation or their private mail domain.
CREATE OR REPLACE TEMP TABLE ring_organisation AS
WITH belongs AS (
    SELECT ring, account, 'org:' || org_id AS house
    FROM ring_member
    JOIN account USING (account)
    WHERE role = 'member' AND org_id IS NOT NULL
    UNION ALL
    SELECT ring, account, 'domain:' || identifier
    FROM ring_member
    JOIN holding USING (account)
    JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND kind = 'email_domain' AND private
),
counted AS (
    SELECT ring, account, house, count(*) OVER (PARTITION BY ring, house) AS accounts
    FROM belongs
)
SELECT
    ring,
    max(accounts) FILTER (house LIKE 'org:%') AS main_org_holders,
    count(DISTINCT house) FILTER (house LIKE 'org:%') AS orgs,
    count(DISTINCT account) FILTER (accounts >= 2) AS housed
FROM counted
GROUP BY ring
