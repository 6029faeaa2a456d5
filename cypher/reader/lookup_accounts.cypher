UNWIND $ids AS id
MATCH (account:Linkage {uid: 'a:' + id})
WITH id,
     CASE
       WHEN account.since <= $at THEN account
       ELSE head([(account)-[past:PAST_STATE]->(account) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
RETURN id
