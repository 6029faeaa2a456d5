// Part of the transaction that publishes: uses that stand already and are not what they were. They stay where they are,
// and what they were becomes the past. What stood is given back; rows without a use that stands are new ones.
UNWIND $rows AS row
MATCH (account:Linkage {uid: row.a})
MATCH (identifier:Linkage {uid: row.b})
MATCH (account)-[used:USED]->(identifier)
WHERE used.stamp IS NOT NULL
CREATE (account)-[past:PAST_USED]->(identifier)
SET past = properties(used), past.until = $until
SET used.first = CASE WHEN row.first > 0 THEN datetime({epochSeconds: row.first * 3600}) END,
    used.last = CASE WHEN row.last > 0 THEN datetime({epochSeconds: row.last * 3600}) END,
    used.count = row.count, used.hours = CASE WHEN size(row.hours) > 0 THEN row.hours END,
    used.stamp = row.stamp, used.since = $until
RETURN row.stamp AS stamp, past.stamp AS stood
