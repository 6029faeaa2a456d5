SELECT count(*) FROM identifier
WHERE
    ($kinds::VARCHAR[] IS NULL OR list_contains($kinds::VARCHAR[], kind))
    AND ($families::VARCHAR[] IS NULL OR list_contains($families::VARCHAR[], family))
    AND ($hub::BOOLEAN IS NULL OR links != $hub::BOOLEAN)
    AND ($min_accounts::BIGINT IS NULL OR accounts >= $min_accounts::BIGINT)
