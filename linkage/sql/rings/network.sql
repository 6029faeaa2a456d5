-- Where each ring comes from: classes by sightings, the pool that members rotate over, the one address that most use.
-- A *line* is an address that is not a server's: everybody's services may come from a few servers, nobody's person from
-- many lines, so the two are counted apart.
CREATE OR REPLACE TEMP TABLE ring_network AS
WITH member_address AS (
    SELECT
        ring,
        account,
        count(*) FILTER (pooled) AS pooled,
        count(*) FILTER (pooled AND class <> 'hosting') AS pooled_lines,
        count(*) FILTER (country <> home AND class IN ('residential', 'unknown')) AS foreign_lines,
        coalesce(sum(sightings) FILTER (class = 'residential_proxy'), 0) >= 0.02 * sum(sightings) AS by_proxy,
        count(DISTINCT country) FILTER (class <> 'vpn') AS countries,
        bool_or(holders = 1 AND class IN ('residential', 'unknown')) AS own_home,
        bool_or(holders = 1 AND class <> 'hosting' OR class IN ('mobile', 'cgnat')) AS own_place,
        bool_or(holders >= 2 AND class IN ('corporate', 'education')) AS office,
        sum(sightings) FILTER (pooled) / sum(sightings) AS pool_share
    FROM ring_address
    GROUP BY ring, account
),
by_member AS (
    SELECT
        ring,
        round(avg(pooled), 6) AS pooled_per_member,
        avg(foreign_lines) AS foreign_lines,
        lower_share(count(*) FILTER (by_proxy)::DOUBLE, count(*)) AS proxy_members_above,
        count(*) FILTER (by_proxy)::DOUBLE AS proxy_members,
        avg(CAST(pooled_lines >= 3 OR pooled >= 6 AS INTEGER)) AS rotating_share,
        round(avg(countries), 6) AS countries_per_member,
        avg(CAST(own_home AS INTEGER)) AS own_home_share,
        avg(CAST(own_place AS INTEGER)) AS own_place_share,
        avg(CAST(office AS INTEGER)) AS office_share,
        round(avg(coalesce(pool_share, 0)), 6) AS pool_share,
        count(*) AS located
    FROM member_address
    GROUP BY ring
),
main AS (
    SELECT ring, holders AS main_holders, class AS main_class
    FROM (SELECT DISTINCT ring, identifier, holders, class FROM ring_address)
    WHERE class NOT IN ('vpn', 'cgnat', 'mobile')
    -- Only identifiers of several accounts have numbers that are the same each night.
    QUALIFY row_number() OVER (
        PARTITION BY ring ORDER BY holders DESC, CASE WHEN holders >= 2 THEN identifier END, class
    ) = 1
)
SELECT
    ring,
    any_value(by_member.pooled_per_member) AS pooled_per_member,
    any_value(by_member.foreign_lines) AS foreign_lines,
    any_value(by_member.proxy_members) AS proxy_members,
    any_value(by_member.proxy_members_above) AS proxy_members_above,
    any_value(by_member.rotating_share) AS rotating_share,
    any_value(by_member.countries_per_member) AS countries_per_member,
    any_value(by_member.own_home_share) AS own_home_share,
    any_value(by_member.own_place_share) AS own_place_share,
    any_value(by_member.office_share) AS office_share,
    any_value(by_member.pool_share) AS pool_share,
    count(DISTINCT identifier) FILTER (pooled) AS pool_addresses,
    count(DISTINCT identifier) FILTER (pooled AND class <> 'hosting') AS pool_lines,
    count(DISTINCT identifier) FILTER (pooled AND class = 'hosting') AS pool_servers,
    count(DISTINCT ring_address.country) FILTER (pooled AND class <> 'hosting') AS pool_countries,
    count(DISTINCT country) FILTER (class <> 'vpn') AS egress_countries,
    coalesce(sum(sightings) FILTER (class = 'hosting'), 0) / sum(sightings) AS hosting_share,
    coalesce(sum(sightings) FILTER (class = 'residential_proxy'), 0) / sum(sightings) AS proxy_share,
    coalesce(sum(sightings) FILTER (class = 'vpn'), 0) / sum(sightings) AS vpn_share,
    coalesce(sum(sightings) FILTER (class = 'corporate'), 0) / sum(sightings) AS corporate_share,
    coalesce(sum(sightings) FILTER (class IN ('cgnat', 'mobile')), 0) / sum(sightings) AS mobile_share,
    coalesce(sum(sightings) FILTER (class = 'education'), 0) / sum(sightings) AS school_share,
    coalesce(sum(sightings) FILTER (class = 'residential'), 0) / sum(sightings) AS residential_share,
    sum(sightings) FILTER (country <> home AND class NOT IN ('vpn', 'hosting'))
        / nullif(sum(sightings) FILTER (country IS NOT NULL AND home IS NOT NULL AND class NOT IN ('vpn', 'hosting')), 0) AS abroad_share,
    coalesce(sum(sightings) FILTER (pooled AND class = 'hosting'), 0) / sum(sightings) AS pool_hosting_share,
    coalesce(sum(sightings) FILTER (pooled AND class <> 'hosting'), 0) / sum(sightings) AS pool_private_share,
    coalesce(sum(sightings) FILTER (country NOT IN (SELECT unnest($served)) AND len($served) > 0), 0) / sum(sightings) AS unserved_share,
    any_value(main_holders)::DOUBLE / any_value(located) AS main_address_members,
    any_value(main_class) AS main_address_class
FROM ring_address
JOIN by_member USING (ring)
LEFT JOIN main USING (ring)
GROUP BY ring
