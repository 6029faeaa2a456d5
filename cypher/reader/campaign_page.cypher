// Campaigns by the rings in them; those of no ring have accounts alone.
MATCH (:Linkage)-[part:PART_OF|PAST_PART_OF]->(campaign:Linkage)
WHERE part.since <= $at AND coalesce(part.until > $at, true)
WITH DISTINCT campaign
WITH CASE
       WHEN campaign.since <= $at THEN campaign
       ELSE head([(campaign)-[past:PAST_STATE]->(campaign) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL AND state.rings >= $min_rings
WITH state, $sign * state.rings AS place, state.campaign_id AS tie
WHERE place > $after_place OR (place = $after_place AND tie > $after_tie)
WITH *
ORDER BY place, tie
LIMIT $limit
RETURN place, tie,
       state.campaign_id AS campaign_id, state.verdict AS verdict, state.accounts AS accounts, state.rings AS rings,
       state.flagged_rings AS flagged_rings, state.outside AS outside, state.texts AS texts,
       state.sightings AS sightings, state.first_seen AS first_seen, state.last_seen AS last_seen,
       state.synchronous_share AS synchronous_share, state.release_share AS release_share,
       state.release_usual AS release_usual, state.identifiers AS identifiers
