-- Links with their evidence as a JSON list, strongest line first; times are hours since 1970, 0 where there are none.
SELECT
    left_account.account_id AS account_a,
    right_account.account_id AS account_b,
    link.bits,
    list_sort(list_distinct(list(identifier.family) FILTER (NOT identifier.supporting AND evidence.bits >= $floor)))
        AS families,
    to_json(list(
        {
            'kind': identifier.kind,
            'key': identifier.key,
            'bits': round(evidence.bits, 3),
            'first_seen': CASE WHEN evidence.first > 0
                THEN strftime(TIMESTAMP '1970-01-01' + to_hours(evidence.first), '%Y-%m-%dT%H:%M:%SZ') END,
            'last_seen': CASE WHEN evidence.last > 0
                THEN strftime(TIMESTAMP '1970-01-01' + to_hours(evidence.last), '%Y-%m-%dT%H:%M:%SZ') END,
            'count': evidence.count
        }
        ORDER BY evidence.bits DESC, identifier.kind, identifier.key
    ))::VARCHAR AS evidence
FROM link
JOIN account AS left_account ON left_account.account = link.a
JOIN account AS right_account ON right_account.account = link.b
JOIN evidence ON evidence.link = link.link
JOIN identifier ON identifier.identifier = evidence.identifier
GROUP BY link.link, left_account.account_id, right_account.account_id, link.bits
ORDER BY account_a, account_b
