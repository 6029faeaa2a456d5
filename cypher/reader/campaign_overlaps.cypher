UNWIND $ids AS id
CALL (id) {
  MATCH (:Linkage {uid: 'c:' + id})<-[part:PART_OF|PAST_PART_OF]-(ring:Linkage)
  WHERE part.since <= $at AND coalesce(part.until > $at, true)
  RETURN part, ring
  ORDER BY part.accounts DESC, ring.uid
  LIMIT $limit
}
RETURN id AS campaign_id, substring(ring.uid, 2) AS ring_id, part.accounts AS accounts, part.ring_share AS ring_share,
       part.campaign_share AS campaign_share
ORDER BY id, accounts DESC, ring.uid
