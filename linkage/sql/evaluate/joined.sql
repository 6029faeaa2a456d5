-- One row a labelled account: what the run says, what is true, and what the account was made as.
WITH sizes AS (
    SELECT ring_id, count(*) AS size
    FROM memberships
    GROUP BY ring_id
),
told AS (
    SELECT CAST(account_id AS VARCHAR) AS account_id, min(story) AS story, min(style) AS style
    FROM stories
    GROUP BY ALL
)
SELECT
    CAST(found.ring_id AS VARCHAR) AS found,
    coalesce(found.flagged, false) AS flagged,
    coalesce(sizes.size, 0) AS size,
    truth.ring AS truth,
    truth.victim,
    truth.contradicted,
    coalesce(found.verdict, CASE WHEN found.flagged THEN 'flagged' END) AS verdict,
    CAST(found.ring_score AS DOUBLE) AS score,
    truth.campaign,
    nullif(found.campaign_id, '') AS found_campaign,
    told.story,
    told.style
FROM truth
LEFT JOIN (SELECT * FROM memberships WHERE role IS DISTINCT FROM 'victim') AS found
    ON CAST(found.account_id AS VARCHAR) = truth.account_id
LEFT JOIN sizes ON sizes.ring_id = found.ring_id
LEFT JOIN told ON told.account_id = truth.account_id
ORDER BY truth.account_id
