MATCH (ring:Linkage)
WHERE ring.uid > 'r:' AND ring.uid < 's'
WITH ring,
     CASE
       WHEN ring.since <= $at THEN ring
       ELSE head([(ring)-[past:PAST_STATE]->(ring) WHERE past.since <= $at AND past.until > $at | past])
     END AS state
WHERE state IS NOT NULL
  AND ($verdicts IS NULL OR state.verdict IN $verdicts)
  AND ($flagged IS NULL OR state.flagged = $flagged)
  AND ($min_score IS NULL OR state.score >= $min_score)
  AND ($max_score IS NULL OR state.score <= $max_score)
  AND ($min_size IS NULL OR state.size >= $min_size)
  AND ($max_size IS NULL OR state.size <= $max_size)
  AND ($seen_after IS NULL OR state.last_seen >= $seen_after)
  AND ($seen_before IS NULL OR state.first_seen < $seen_before)
  AND ($country IS NULL OR state.country = $country)
  AND ($story IS NULL OR state.story = $story)
  AND (
    $kind IS NULL
    OR EXISTS {
      MATCH (ring)-[share:SHARES|PAST_SHARES]->(identifier:Linkage)
      WHERE share.since <= $at AND coalesce(share.until > $at, true)
        AND identifier.uid STARTS WITH 'i:' + $kind + ':'
    }
  )
RETURN count(state) AS rings
