-- What people decided on the members of each ring. Accounts that were lent tell of their thief and of their owner: they
-- count for neither side. `age` of the newest decision on any account; without a date it counts as of today.
SELECT
    ring,
    count(*) FILTER (role = 'member' AND decision = 'fraud') AS fraud,
    count(*) FILTER (role = 'member' AND decision = 'innocent') AS innocent,
    coalesce(bool_or(sampled) FILTER (role = 'member' AND decision <> 'victim'), false) AS sampled,
    max(probability) FILTER (sampled AND role = 'member' AND decision <> 'victim') AS probability,
    min(coalesce(age, 0)) AS age
FROM decision
JOIN ring_member USING (account)
GROUP BY ring
ORDER BY ring
