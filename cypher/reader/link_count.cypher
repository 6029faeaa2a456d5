MATCH (:Linkage)-[link:LINKED|PAST_LINKED]->(:Linkage)
WHERE link.since <= $at AND coalesce(link.until > $at, true)
  AND link.families IS NOT NULL AND ($min_bits IS NULL OR link.bits >= $min_bits)
RETURN count(link) AS links
