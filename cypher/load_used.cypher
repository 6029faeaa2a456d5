// Uses of a first load, and new ones in the transaction that publishes. Times are hours since 1970, 0 where the source
// has no dates.
UNWIND $rows AS row
MATCH (account:Linkage {uid: row.a})
MATCH (identifier:Linkage {uid: row.b})
CREATE (account)-[used:USED]->(identifier)
SET used.first = CASE WHEN row.first > 0 THEN datetime({epochSeconds: row.first * 3600}) END,
    used.last = CASE WHEN row.last > 0 THEN datetime({epochSeconds: row.last * 3600}) END,
    used.count = row.count, used.hours = CASE WHEN size(row.hours) > 0 THEN row.hours END,
    used.stamp = row.stamp, used.since = $since
