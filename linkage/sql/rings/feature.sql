-- One row a ring: all that its score and its stories read. Shares lie in [0, 1] and are of members (victims are not
-- counted); NULL is "not known".
CREATE OR REPLACE TABLE ring_feature AS
SELECT
    base.*,
    coalesce(linked.links, 0) AS links,
    coalesce(starred.stars, 0) AS stars,
    coalesce(linked.mean_bits, starred.star_bits) AS mean_bits,
    coalesce(linked.min_bits, starred.star_bits) AS min_bits,
    dense.core,
    dense.clustering,
    coalesce(family.families, 0) AS families,
    family.joined_payment,
    family.joined_network,
    family.joined_device,
    family.joined_content,
    family.joined_registration,
    family.joined_timing,
    family.scheduled,
    -- Who acts on few days cannot follow a schedule that shows: of those who act on more, the share that surely does;
    -- or the share of all whom one job's schedule holds together.
    nullif(
        greatest(
            coalesce(family.joined_timing, 0),
            lower_share(least(coalesce(family.joined_timing, 0) * base.size, base.busy), base.busy),
            coalesce(family.scheduled, 0)
        ),
        0
    ) AS on_schedule,
    family.joined_lineage,
    content.* EXCLUDE (ring),
    -- Texts that are next to nothing of the traffic were met by chance: below a tenth they count in part.
    content.templates * least(content.template_share / 0.1, 1) AS jobs,
    network.* EXCLUDE (ring),
    coalesce(replaced.replacements, 0) AS replacements,
    coalesce(replaced.replacements, 0) - coalesce(replaced.replacements_by_chance, 0) AS replaced_above,
    -- One ban in a ring is a mishap.
    (lower_share(base.banned, base.size) - coalesce(population.banned_share, 0)) * CASE WHEN base.banned >= 2 THEN 1 ELSE 0.3 END AS banned_above,
    -- One card says it once, however many accounts it pays for.
    lower_share(base.prepaid * least(held.cards / nullif(base.funded, 0), 1), least(held.cards, base.funded)) - coalesce(population.prepaid_share, 0) AS prepaid_above,
    lower_share(base.chargeback_members, base.paying_members) - coalesce(population.chargeback_share, 0) AS chargebacks_above,
    lower_share(base.declined_members, base.paying_members) - coalesce(population.declined_share, 0) AS declined_above,
    lower_share(base.release_movers, base.release_known) - coalesce(population.release_share, 0) AS release_above,
    lower_share(base.no_ramp, base.ramp_known) - coalesce(population.no_ramp_share, 0) AS no_ramp_above,
    lower_share(base.round_clock, base.round_clock_known) - coalesce(population.round_clock_share, 0) AS round_clock_above,
    CASE WHEN base.size >= 5 THEN greatest(1 - base.load_cv / 0.8, 0) END AS even_load,
    CASE WHEN base.size >= 5 THEN base.creation_burst END AS burst_of_five,
    CASE WHEN base.size >= 5 THEN held.main_shape_holders / base.size END AS mail_shape_of_five,
    -- One shared line is a home or an office; the traffic of a pool comes from several.
    network.pool_private_share * least((network.pool_lines - 1) / 2.0, 1) AS pool_beyond_home,
    -- A service has a few servers; more than that is a pool as well.
    network.pool_hosting_share * least(greatest(network.pool_servers - 3, 0) / 5.0, 1) AS pool_beyond_servers,
    (1 - network.own_place_share) * CAST(network.pool_lines >= 2 AS INTEGER) AS nowhere_share,
    -- Machines with a device id are people's; people's machines do not stand in server halls.
    network.hosting_share * held.shared_device_members / base.size AS devices_on_servers,
    organisation.housed / base.size AS housed_share,
    -- One party by what it says or pays itself: its organisation, its mail domain, its card.
    greatest(organisation.main_org_holders / base.size, held.main_domain_holders / base.size) AS one_house,
    held.main_card_holders / base.size AS payer_members,
    held.card_members / base.size AS card_share,
    held.cards,
    held.shared_cards,
    coalesce(dealt.cards_apart, 0) AS cards_apart,
    coalesce(dealt.devices_apart, 0) AS devices_apart,
    coalesce(dealt.lines_apart, 0) AS lines_apart,
    held.shared_card_members / nullif(held.card_members, 0) AS shared_card_share,
    held.main_card_holders / nullif(held.card_members, 0) AS payer_share,
    held.main_card_holders AS payer_accounts,
    held.card_members / nullif(held.cards, 0) AS accounts_per_card,
    held.device_members / base.size AS device_share,
    held.shared_devices,
    held.shared_device_members / base.size AS shared_device_share,
    held.main_device_holders / base.size AS main_device_members,
    held.default_device_members / base.size AS default_device_share,
    held.own_device_members / base.size AS own_device_share,
    held.shared_phones,
    held.shared_phone_members / base.size AS shared_phone_share,
    held.main_domain_holders / base.size AS domain_share,
    held.main_referral_holders / base.size AS referral_share,
    held.main_shape_holders / base.size AS mail_shape_share,
    organisation.main_org_holders / base.size AS org_share,
    organisation.orgs,
    base.banned / base.size AS banned_share,
    coalesce(indicated.indicated, 0) AS indicated,
    coalesce(indicated.indicators, 0) AS indicators,
    indicated.indicator_sources,
    lower_share(indicated.indicated_surely, base.size) - indicated.usual AS indicated_above
FROM ring_base AS base
CROSS JOIN population
LEFT JOIN ring_linked AS linked USING (ring)
LEFT JOIN ring_starred AS starred USING (ring)
LEFT JOIN ring_dense AS dense USING (ring)
LEFT JOIN ring_family AS family USING (ring)
LEFT JOIN ring_content AS content USING (ring)
LEFT JOIN ring_network AS network USING (ring)
LEFT JOIN ring_replaced AS replaced USING (ring)
LEFT JOIN ring_held AS held USING (ring)
LEFT JOIN ring_organisation AS organisation USING (ring)
LEFT JOIN ring_dealt AS dealt USING (ring)
LEFT JOIN ring_indicated AS indicated USING (ring)
ORDER BY ring
