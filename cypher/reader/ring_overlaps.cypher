UNWIND $ids AS id
CALL (id) {
  MATCH (:Linkage {uid: 'r:' + id})-[part:PART_OF|PAST_PART_OF]->(campaign:Linkage)
  WHERE part.since <= $at AND coalesce(part.until > $at, true)
  RETURN part, campaign
  ORDER BY part.accounts DESC, campaign.uid
  LIMIT $limit
}
RETURN substring(campaign.uid, 2) AS campaign_id, id AS ring_id, part.accounts AS accounts, part.ring_share AS ring_share,
       part.campaign_share AS campaign_share
ORDER BY id, accounts DESC, campaign.uid
