MATCH (:Linkage)-[part:PART_OF|PAST_PART_OF]->(campaign:Linkage)
WHERE part.since <= $at AND coalesce(part.until > $at, true)
WITH campaign, count(part) AS rings
WHERE rings >= $min_rings
RETURN count(campaign) AS campaigns
