SELECT place, tie, account_a, account_b, bits, ring_id
FROM (SELECT $sign::DOUBLE * bits AS place, account_a || chr(0) || account_b AS tie, * FROM link)
WHERE
    ($min_bits::DOUBLE IS NULL OR bits >= $min_bits::DOUBLE)
    AND (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
ORDER BY place, tie
LIMIT $limit
