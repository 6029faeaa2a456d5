UNWIND $ids AS id
MATCH (campaign:Linkage {uid: 'c:' + id})
WITH CASE
       WHEN campaign.since <= $at THEN campaign
       ELSE head([(campaign)-[past:PAST_STATE]->(campaign) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
RETURN state.campaign_id AS campaign_id, state.verdict AS verdict, state.accounts AS accounts, state.rings AS rings,
       state.flagged_rings AS flagged_rings, state.outside AS outside, state.texts AS texts,
       state.sightings AS sightings, state.first_seen AS first_seen, state.last_seen AS last_seen,
       state.synchronous_share AS synchronous_share, state.release_share AS release_share,
       state.release_usual AS release_usual, state.identifiers AS identifiers
