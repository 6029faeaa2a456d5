// Who takes part in which campaign, as the run of this number knows it, with the ring that each is in.
MATCH (account:Linkage)-[part:TAKES_PART_IN|PAST_TAKES_PART_IN]->(campaign:Linkage)
WHERE part.since <= $at AND coalesce(part.until > $at, true)
OPTIONAL MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
WHERE member.since <= $at AND coalesce(member.until > $at, true)
RETURN substring(campaign.uid, 2) AS campaign_id, substring(account.uid, 2) AS account_id,
       substring(ring.uid, 2) AS ring_id, part.texts AS texts, part.sightings AS sightings
