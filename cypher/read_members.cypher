MATCH (account:Linkage)-[member:MEMBER_OF|PAST_MEMBER_OF]->(ring:Linkage)
WHERE member.since <= $at AND coalesce(member.until > $at, true)
RETURN substring(account.uid, 2) AS account_id, substring(ring.uid, 2) AS ring_id, member.role AS role,
       member.flagged AS flagged, member.campaign_id AS campaign_id
