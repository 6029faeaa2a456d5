-- Groups that were joined as wholes, by the ring that both are in.
CREATE TABLE ring_join AS
SELECT
    one.ring_id,
    joined."join",
    one.account_id AS account_a,
    other.account_id AS account_b,
    joined.size_a,
    joined.size_b,
    joined.bits
FROM source_joins AS joined
JOIN member AS one ON one.account = joined.a
JOIN member AS other ON other.account = joined.b AND other.ring_id = one.ring_id
ORDER BY one.ring_id, joined.bits DESC
