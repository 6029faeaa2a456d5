SELECT ring_id AS parent, place, tie, account_a, account_b, size_a, size_b, bits
FROM (
    SELECT $sign::DOUBLE * bits AS place, account_a || chr(0) || account_b AS tie, *
    FROM ring_join
    WHERE list_contains($parents::VARCHAR[], ring_id)
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY ring_id ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
