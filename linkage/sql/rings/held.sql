-- Cards, devices, phones, mail domains and codes: how many are shared, by how many members, and by how many at most.
CREATE OR REPLACE TEMP TABLE ring_held AS
WITH held AS (
    SELECT ring, account, identifier, kind_number.name AS kind, holders, identifier.accounts, coalesce(private, false) AS private
    FROM ring_member
    JOIN holding USING (account)
    JOIN identifier USING (identifier)
    JOIN kind_number USING (kind)
    LEFT JOIN ring_shared USING (ring, identifier)
    WHERE role = 'member' AND kind_number.name IN ('card', 'device', 'phone', 'email_domain', 'referral_code', 'email_shape')
)
SELECT
    ring,
    count(DISTINCT account) FILTER (kind = 'card') AS card_members,
    count(DISTINCT identifier) FILTER (kind = 'card') AS cards,
    count(DISTINCT identifier) FILTER (kind = 'card' AND holders >= 2) AS shared_cards,
    count(DISTINCT account) FILTER (kind = 'card' AND holders >= 2) AS shared_card_members,
    max(holders) FILTER (kind = 'card') AS main_card_holders,
    count(DISTINCT account) FILTER (kind = 'device') AS device_members,
    count(DISTINCT identifier) FILTER (kind = 'device' AND holders >= 2 AND private) AS shared_devices,
    count(DISTINCT account) FILTER (kind = 'device' AND holders >= 2 AND private) AS shared_device_members,
    max(holders) FILTER (kind = 'device' AND private) AS main_device_holders,
    count(DISTINCT account) FILTER (kind = 'device' AND held.accounts >= greatest(25, 0.002 * population.accounts) AND NOT private) AS default_device_members,
    count(DISTINCT account) FILTER (kind = 'device' AND holders IS NULL) AS own_device_members,
    count(DISTINCT identifier) FILTER (kind = 'phone' AND holders >= 2) AS shared_phones,
    count(DISTINCT account) FILTER (kind = 'phone' AND holders >= 2) AS shared_phone_members,
    max(holders) FILTER (kind = 'email_domain' AND private) AS main_domain_holders,
    max(holders) FILTER (kind = 'referral_code' AND private) AS main_referral_holders,
    max(holders) FILTER (kind = 'email_shape') AS main_shape_holders,
    max(holders / held.accounts) FILTER (kind = 'email_shape') AS shape_lift
FROM held
CROSS JOIN population
GROUP BY ring
