// Accounts of a ring in stars, each named by the one or two identifiers that it rests on.
UNWIND range(0, size($stars) - 1) AS place
WITH place, $stars[place] AS names
WITH place, names, 's:i:' + names[0] + CASE size(names) WHEN 2 THEN '|i:' + names[1] ELSE '' END AS name
MATCH (:Linkage {uid: 'i:' + names[0]})<-[rest:RESTS_ON|PAST_RESTS_ON]-(star:Linkage)
WHERE rest.since <= $at AND coalesce(rest.until > $at, true)
  AND (star.uid = name OR star.uid STARTS WITH name + '#')
MATCH (star)<-[link:LINKED|PAST_LINKED]-(account:Linkage)
WHERE link.since <= $at AND coalesce(link.until > $at, true)
MATCH (account)-[member:MEMBER_OF|PAST_MEMBER_OF]->(:Linkage {uid: 'r:' + $ring})
WHERE member.since <= $at AND coalesce(member.until > $at, true)
WITH place, names, account, max(link.bits) AS bits
RETURN place, substring(account.uid, 2) AS account_id, bits
ORDER BY bits DESC, account_id, names
LIMIT $limit
