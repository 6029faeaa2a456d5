-- Where each ring comes from: classes by sightings, the pool that members rotate over, the one address that most use.
CREATE OR REPLACE TEMP TABLE ring_network AS
WITH member_address AS (
    SELECT
        ring,
        account,
        count(*) FILTER (pooled) AS pooled,
        count(*) FILTER (class NOT IN ('vpn', 'cgnat', 'mobile')) AS addresses,
        count(DISTINCT country) FILTER (class <> 'vpn') AS countries,
        bool_or(NOT pooled AND holders = 1 AND class = 'residential') AS own_home,
        sum(sightings) FILTER (pooled) / sum(sightings) AS pool_share
    FROM ring_address
    GROUP BY ring, account
),
by_member AS (
    SELECT
        ring,
        avg(pooled) AS pooled_per_member,
        avg(CAST(pooled >= 3 AS INTEGER)) AS rotating_share,
        avg(countries) AS countries_per_member,
        avg(CAST(own_home AS INTEGER)) AS own_home_share,
        avg(coalesce(pool_share, 0)) AS pool_share,
        count(*) AS located
    FROM member_address
    GROUP BY ring
),
main AS (
    SELECT ring, holders AS main_holders, class AS main_class
    FROM (SELECT DISTINCT ring, identifier, holders, class FROM ring_address)
    WHERE class NOT IN ('vpn', 'cgnat', 'mobile')
    QUALIFY row_number() OVER (PARTITION BY ring ORDER BY holders DESC, identifier) = 1
)
SELECT
    ring,
    any_value(by_member.pooled_per_member) AS pooled_per_member,
    any_value(by_member.rotating_share) AS rotating_share,
    any_value(by_member.countries_per_member) AS countries_per_member,
    any_value(by_member.own_home_share) AS own_home_share,
    any_value(by_member.pool_share) AS pool_share,
    count(DISTINCT identifier) FILTER (pooled) AS pool_addresses,
    count(DISTINCT country) FILTER (class <> 'vpn') AS egress_countries,
    coalesce(sum(sightings) FILTER (class = 'hosting'), 0) / sum(sightings) AS hosting_share,
    coalesce(sum(sightings) FILTER (class = 'residential_proxy'), 0) / sum(sightings) AS proxy_share,
    coalesce(sum(sightings) FILTER (class = 'vpn'), 0) / sum(sightings) AS vpn_share,
    coalesce(sum(sightings) FILTER (class = 'corporate'), 0) / sum(sightings) AS corporate_share,
    coalesce(sum(sightings) FILTER (class IN ('cgnat', 'mobile')), 0) / sum(sightings) AS mobile_share,
    coalesce(sum(sightings) FILTER (class = 'education'), 0) / sum(sightings) AS school_share,
    coalesce(sum(sightings) FILTER (class = 'residential'), 0) / sum(sightings) AS residential_share,
    sum(sightings) FILTER (country <> home AND class <> 'vpn') / nullif(sum(sightings) FILTER (class <> 'vpn' AND country IS NOT NULL AND home IS NOT NULL), 0) AS abroad_share,
    coalesce(sum(sightings) FILTER (pooled AND class = 'hosting'), 0) / sum(sightings) AS pool_hosting_share,
    coalesce(sum(sightings) FILTER (country NOT IN (SELECT unnest($served)) AND len($served) > 0), 0) / sum(sightings) AS unserved_share,
    any_value(main_holders)::DOUBLE / any_value(located) AS main_address_members,
    any_value(main_class) AS main_address_class
FROM ring_address
JOIN by_member USING (ring)
LEFT JOIN main USING (ring)
GROUP BY ring
