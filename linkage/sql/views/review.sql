-- The rings that were drawn for review, the worst first, each with some of its members: drawn by their names and the
-- run's, so that they are the same whenever they are asked for and not always the oldest accounts.
SELECT
    ring.ring_id,
    ring.size,
    ring.score,
    ring.raw_score,
    ring.verdict,
    ring.story,
    ring.review_stratum AS stratum,
    ring.review_probability AS probability,
    ring.top_reasons,
    chosen.account_ids
FROM ring
JOIN (
    SELECT
        ring_id,
        CAST(to_json(list(account_id ORDER BY md5($run || account_id), account_id)[:$most]) AS VARCHAR) AS account_ids
    FROM membership
    WHERE role = 'member'
    GROUP BY ring_id
) AS chosen USING (ring_id)
WHERE ring.review_probability IS NOT NULL
ORDER BY ring.score DESC, ring.ring_id
