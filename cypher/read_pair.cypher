// What two accounts both used, as the run of this number knows it.
MATCH (a:Linkage {uid: $a})-[used:USED|PAST_USED]->(identifier)<-[other:USED|PAST_USED]-(b:Linkage {uid: $b})
// From both accounts: an identifier may have a hundred thousand users.
USING INDEX a:Linkage(uid)
USING INDEX b:Linkage(uid)
WHERE used.since <= $at AND coalesce(used.until > $at, true)
  AND other.since <= $at AND coalesce(other.until > $at, true)
OPTIONAL MATCH (identifier)-[past:PAST_STATE]->(identifier)
WHERE past.since <= $at AND past.until > $at
RETURN
  CASE WHEN identifier.since <= $at THEN properties(identifier) ELSE properties(past) END AS state,
  [coalesce(used.first.epochSeconds / 3600, 0), coalesce(used.last.epochSeconds / 3600, 0), used.count] AS first,
  [coalesce(other.first.epochSeconds / 3600, 0), coalesce(other.last.epochSeconds / 3600, 0), other.count] AS second,
  coalesce(used.hours, []) AS first_hours, coalesce(other.hours, []) AS second_hours
