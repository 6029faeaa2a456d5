SELECT coalesce(sum(refused), 0)::BIGINT AS refused, coalesce(max(day) - min(day) + 1, 0)::BIGINT AS days
FROM profile_day
