// Links between accounts as the run of this number knows them, with their evidence as lists side by side.
MATCH (a:Linkage)-[link:LINKED|PAST_LINKED]->(b:Linkage)
WHERE link.since <= $at AND coalesce(link.until > $at, true) AND b.uid STARTS WITH 'a:'
RETURN substring(a.uid, 2) AS account_a, substring(b.uid, 2) AS account_b, link.bits AS bits,
       link.identifiers AS identifiers, link.line_bits AS line_bits, link.firsts AS firsts, link.lasts AS lasts,
       link.counts AS counts
