-- A row for each campaign, the largest first. Its verdict is that of the worst ring in it.
WITH following AS (
    SELECT DISTINCT account
    FROM holding
    JOIN identifier USING (identifier)
    JOIN ring_kind USING (kind)
    WHERE ring_kind.family = 'timing' AND ring_kind.name NOT IN ('hand_off', 'spare_account')
),
texts AS (
    SELECT campaign, count(*) AS texts
    FROM campaign_text
    GROUP BY campaign
)
SELECT
    campaign_id,
    CASE WHEN bool_or(ring_verdict.verdict = 'flagged') THEN 'flagged' ELSE 'unexplained' END AS verdict,
    count(*)::BIGINT AS accounts,
    count(DISTINCT part.ring)::BIGINT AS rings,
    count(DISTINCT part.ring) FILTER (ring_verdict.verdict = 'flagged')::BIGINT AS flagged_rings,
    count(*) FILTER (part.ring IS NULL)::BIGINT AS outside,
    any_value(texts.texts)::BIGINT AS texts,
    sum(part.sightings)::BIGINT AS sightings,
    make_timestamp(nullif(min(part."first"), 0) * 3600000000) AS first_seen,
    make_timestamp(nullif(max(part."last"), 0) * 3600000000) AS last_seen,
    round(avg(CAST(following.account IS NOT NULL AS INTEGER)), 6) AS synchronous_share,
    round(
        count(*) FILTER (fresh >= 0.25 * chances AND chances >= 4)::DOUBLE / nullif(count(*) FILTER (chances >= 4), 0), 6
    ) AS release_share,
    round(any_value(population.release_share), 6) AS release_usual
FROM campaign_part AS part
JOIN campaign_name USING (campaign)
JOIN texts USING (campaign)
CROSS JOIN population
LEFT JOIN ring_verdict USING (ring)
LEFT JOIN following USING (account)
LEFT JOIN profile USING (account)
GROUP BY campaign_id
ORDER BY accounts DESC, campaign_id
