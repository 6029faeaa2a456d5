SELECT parent, place, tie, account_a, account_b, bits, ring_id
FROM (
    SELECT
        account.account_id AS parent,
        $sign::DOUBLE * bits AS place,
        account_a || chr(0) || account_b AS tie,
        account_a, account_b, bits, link_end.ring_id
    FROM link_end
    JOIN account ON account.account = link_end.account
    WHERE link_end.account IN (SELECT account FROM account WHERE list_contains($parents::VARCHAR[], account_id))
)
WHERE (place, tie) > ($after_place::DOUBLE, $after_tie::VARCHAR)
QUALIFY row_number() OVER (PARTITION BY parent ORDER BY place, tie) <= $limit
ORDER BY parent, place, tie
