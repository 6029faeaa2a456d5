-- One row a labelled account: a ring outweighs an empty one, of several rings the first in order stands.
CREATE OR REPLACE TABLE truth AS
SELECT
    account_id,
    min(ring) FILTER (role IS DISTINCT FROM 'innocent') AS ring,
    count(DISTINCT ring) FILTER (role IS DISTINCT FROM 'innocent') > 1 AS contradicted,
    min(campaign) FILTER (role IS DISTINCT FROM 'innocent') AS campaign,
    bool_or(role IS NOT DISTINCT FROM 'victim') AS victim
FROM (
    SELECT
        CAST(account_id AS VARCHAR) AS account_id,
        nullif(trim(ring_id), '') AS ring,
        nullif(trim(campaign_id), '') AS campaign,
        lower(role) AS role
    FROM labels
)
GROUP BY account_id
