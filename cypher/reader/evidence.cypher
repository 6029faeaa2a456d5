// The lines of links, each with its identifier.
UNWIND $pairs AS pair
MATCH (a:Linkage {uid: 'a:' + pair[0]})-[link:LINKED|PAST_LINKED]->(b:Linkage {uid: 'a:' + pair[1]})
WHERE link.since <= $at AND coalesce(link.until > $at, true)
UNWIND range(0, size(link.identifiers) - 1) AS line
MATCH (identifier:Linkage {uid: link.identifiers[line]})
WITH pair, link, line,
     CASE
       WHEN identifier.since <= $at THEN identifier
       ELSE head([(identifier)-[past:PAST_STATE]->(identifier) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
RETURN pair[0] AS account_a, pair[1] AS account_b,
       state.kind AS kind, state.key AS key, state.caption AS caption, state.family AS family,
       state.accounts AS accounts, state.degree AS degree, state.links AS links, state.near_proof AS near_proof,
       state.supporting AS supporting, coalesce(state.reason, '') AS reason,
       link.line_bits[line] AS bits, link.firsts[line] AS first, link.lasts[line] AS last, link.counts[line] AS count
