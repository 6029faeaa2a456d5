// The overlap of campaigns and rings, as the run of this number knows it.
MATCH (ring:Linkage)-[part:PART_OF|PAST_PART_OF]->(campaign:Linkage)
WHERE part.since <= $at AND coalesce(part.until > $at, true)
RETURN substring(campaign.uid, 2) AS campaign_id, substring(ring.uid, 2) AS ring_id, part.accounts AS accounts,
       part.ring_share AS ring_share, part.campaign_share AS campaign_share
