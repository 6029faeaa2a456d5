-- The organisation that most members belong to, by what they say themselves.
CREATE OR REPLACE TEMP TABLE ring_organisation AS
WITH counted AS (
    SELECT ring, org_id, count(*) AS accounts
    FROM ring_member
    JOIN account USING (account)
    WHERE role = 'member' AND org_id IS NOT NULL
    GROUP BY ring, org_id
)
SELECT ring, max(accounts) AS main_org_holders, count(*) AS orgs
FROM counted
GROUP BY ring
