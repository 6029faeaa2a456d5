// Who in a ring was seen with identifiers.
UNWIND $names AS name
MATCH (identifier:Linkage {uid: 'i:' + name})<-[used:USED|PAST_USED]-(account:Linkage)
WHERE used.since <= $at AND coalesce(used.until > $at, true)
MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(:Linkage {uid: 'r:' + $ring})
WHERE member.since <= $at AND coalesce(member.until > $at, true)
WITH used, identifier, account, name
ORDER BY used.count DESC, account.uid, name
LIMIT $limit
WITH used, account, name,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
RETURN substring(account.uid, 2) AS account_id,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       coalesce(used.first.epochSeconds / 3600, 0) AS first, coalesce(used.last.epochSeconds / 3600, 0) AS last,
       used.count AS count
ORDER BY count DESC, account_id, name
