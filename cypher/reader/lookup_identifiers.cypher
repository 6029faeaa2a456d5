// At most $most holders a value: more are read through the identifier itself.
UNWIND $uids AS uid
MATCH (identifier:Linkage {uid: uid})
WITH uid, identifier,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
CALL (identifier) {
  MATCH (identifier)<-[used:USED|PAST_USED]-(account:Linkage)
  WHERE used.since <= $at AND coalesce(used.until > $at, true)
  RETURN account.uid AS account
  ORDER BY account
  LIMIT $most
}
RETURN uid, substring(account, 2) AS account_id,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason
ORDER BY key, kind, account_id
