"""Every number that shapes the world, in one place: scales, plain users, innocent sharers, operators."""

from dataclasses import dataclass
from typing import Literal

Span = tuple[float, float]
Level = Literal["easy", "careful", "paranoid"]
Cards = Literal["one", "several", "virtual_bin", "separate"]
Network = Literal["residential", "datacentre", "rented", "separate"]
Devices = Literal["farm", "emulator", "fresh"]
Hours = Literal["round_clock", "office", "bursts"]


@dataclass(frozen=True)
class Scale:
    """A size of world: accounts, days of traffic, mean exchanges of an account in those days."""

    accounts: int
    days: int = 30
    exchanges_per_account: float = 33.0


SCALES: dict[str, Scale] = {
    "small": Scale(5_000),
    "medium": Scale(200_000),
    "seed": Scale(2_000_000),
}

#: Share of all accounts that operators control, and of those the share of the largest ring.
FRAUD_SHARE = 0.012
LARGEST_RING = 0.35
#: Sizes of the other rings: a Pareto tail from the smallest size up to a share of all fraud accounts.
SMALLEST_RING = 3
RING_TAIL = 1.1
RING_CAP = 0.12
#: Share of rings that run a campaign which another ring runs too.
SHARED_CAMPAIGN = 0.08
#: Mean exchanges in a session.
SESSION_LENGTH = 5.0


@dataclass(frozen=True)
class Plain:
    """How plain users live."""

    created_in_window: float = 0.12
    age_days: float = 260.0
    oldest_days: int = 900
    phone_share: float = 0.55
    promo_share: float = 0.08
    promo_codes: int = 12
    referred_share: float = 0.05
    #: Shapes of mail addresses, see `names.emails`.
    mail_shapes: tuple[float, ...] = (0.25, 0.22, 0.18, 0.12, 0.17, 0.06)
    volume_sigma: float = 1.25
    volume_cap: float = 150.0
    #: Volume by plan, in the order of the catalogue.
    plan_volume: tuple[float, ...] = (0.4, 1.1, 1.8, 1.2, 6.0, 5.0, 0.7, 2.0)
    idle_share: float = 0.08
    #: Evening, office, student, night, round the clock.
    profiles: tuple[float, ...] = (0.42, 0.33, 0.10, 0.08, 0.07)
    holiday_share: float = 0.15
    churn_share: float = 0.08
    never_adopts: float = 0.35
    adopts_days: float = 9.0
    mobile_share: float = 0.5
    work_share: float = 0.2
    server_share: float = 0.06
    vpn_share: float = 0.04
    move_share: float = 0.25
    own_client_share: float = 0.12
    second_card_share: float = 0.07
    popular_templates: int = 400
    users_of_a_cgnat_address: int = 1_500
    users_of_a_vpn_pool: int = 800
    vpn_pool: int = 12
    #: Enforcement against innocents: wrong or for reasons that have nothing to do with rings.
    rate_limited: float = 0.012
    suspended: float = 0.003
    banned: float = 0.002
    model_fickle: float = 0.08


PLAIN = Plain()


@dataclass(frozen=True)
class Sharing:
    """An innocent story: its share of all accounts and the size of its groups."""

    share: float
    low: int
    high: int


DECOY_KNOBS: dict[str, Sharing] = {
    "household": Sharing(0.060, 2, 5),
    "small_company": Sharing(0.045, 4, 25),
    "large_company": Sharing(0.030, 30, 1_500),
    "cafe_wifi": Sharing(0.015, 12, 60),
    "carrier_nat": Sharing(0.060, 1, 1),
    "vpn_exits": Sharing(0.030, 1, 1),
    "open_harness": Sharing(0.050, 1, 1),
    "popular_prompts": Sharing(0.040, 1, 1),
    "university_course": Sharing(0.015, 25, 180),
    "agency": Sharing(0.010, 8, 25),
    "default_device": Sharing(0.030, 1, 1),
    "common_client": Sharing(0.030, 1, 1),
    "remote_team": Sharing(0.015, 3, 15),
    "second_hand_device": Sharing(0.006, 2, 2),
    "recycled_address": Sharing(0.010, 2, 3),
    "consultant": Sharing(0.005, 2, 4),
}


@dataclass(frozen=True)
class Odds:
    """What operators of one level choose from: options with weights, spans drawn evenly, chances."""

    cards: tuple[tuple[Cards, float], ...]
    card_share: Span
    accounts_per_card: tuple[int, int]
    network: tuple[tuple[Network, float], ...]
    members_per_address: Span
    innocents_in_pool: float
    rotation_seconds: tuple[int, ...]
    hidden_network: Span
    devices: tuple[tuple[Devices, float], ...]
    device_share: Span
    accounts_per_device: tuple[int, int]
    templates: tuple[int, int]
    variants: tuple[int, int]
    cover_share: Span
    volume: Span | None
    load_sigma: Span
    hours: tuple[tuple[Hours, float], ...]
    shifts: tuple[int, ...]
    no_ramp: float
    pivot: float
    created_days: Span | None
    private_client: float
    mail_pattern: float
    private_referral: float
    shared_phones: float
    ban_share: Span
    replaced: float
    victims: tuple[int, int]
    victim_chance: float
    chargebacks: Span


LEVELS: dict[Level, Odds] = {
    "easy": Odds(
        cards=(("one", 0.35), ("several", 0.4), ("virtual_bin", 0.25)),
        card_share=(0.9, 1.0),
        accounts_per_card=(5, 50),
        network=(("residential", 0.5), ("datacentre", 0.35), ("rented", 0.15)),
        members_per_address=(1.0, 8.0),
        innocents_in_pool=0.2,
        rotation_seconds=(1, 3_600, 86_400),
        hidden_network=(0.0, 0.1),
        devices=(("farm", 0.6), ("emulator", 0.2), ("fresh", 0.2)),
        device_share=(0.8, 1.0),
        accounts_per_device=(2, 12),
        templates=(1, 4),
        variants=(1, 3),
        cover_share=(0.0, 0.25),
        volume=(2.0, 6.0),
        load_sigma=(0.05, 0.3),
        hours=(("round_clock", 0.5), ("office", 0.2), ("bursts", 0.3)),
        shifts=(1,),
        no_ramp=0.9,
        pivot=0.8,
        created_days=(0.5, 8.0),
        private_client=0.4,
        mail_pattern=0.6,
        private_referral=0.2,
        shared_phones=0.3,
        ban_share=(0.05, 0.3),
        replaced=0.8,
        victims=(1, 4),
        victim_chance=0.3,
        chargebacks=(0.0, 0.15),
    ),
    "careful": Odds(
        cards=(("several", 0.5), ("virtual_bin", 0.3), ("separate", 0.2)),
        card_share=(0.4, 0.7),
        accounts_per_card=(2, 6),
        network=(("residential", 0.6), ("datacentre", 0.1), ("rented", 0.3)),
        members_per_address=(0.4, 1.5),
        innocents_in_pool=0.4,
        rotation_seconds=(3_600, 86_400),
        hidden_network=(0.3, 0.8),
        devices=(("farm", 0.4), ("emulator", 0.3), ("fresh", 0.3)),
        device_share=(0.3, 0.7),
        accounts_per_device=(2, 3),
        templates=(2, 6),
        variants=(2, 8),
        cover_share=(0.3, 0.6),
        volume=None,
        load_sigma=(0.6, 1.2),
        hours=(("office", 0.6), ("bursts", 0.4)),
        shifts=(1, 2),
        no_ramp=0.3,
        pivot=0.4,
        created_days=None,
        private_client=0.1,
        mail_pattern=0.1,
        private_referral=0.05,
        shared_phones=0.05,
        ban_share=(0.0, 0.12),
        replaced=0.6,
        victims=(1, 3),
        victim_chance=0.3,
        chargebacks=(0.0, 0.03),
    ),
    "paranoid": Odds(
        cards=(("separate", 1.0),),
        card_share=(0.0, 0.0),
        accounts_per_card=(1, 1),
        network=(("separate", 1.0),),
        members_per_address=(1.0, 1.0),
        innocents_in_pool=0.0,
        rotation_seconds=(86_400,),
        hidden_network=(0.0, 0.3),
        devices=(("fresh", 1.0),),
        device_share=(0.0, 0.0),
        accounts_per_device=(1, 1),
        templates=(2, 5),
        variants=(3, 8),
        cover_share=(0.3, 0.5),
        volume=None,
        load_sigma=(0.6, 1.2),
        hours=(("bursts", 1.0),),
        shifts=(1, 2, 3),
        no_ramp=0.2,
        pivot=0.3,
        created_days=None,
        private_client=0.0,
        mail_pattern=0.0,
        private_referral=0.0,
        shared_phones=0.0,
        ban_share=(0.0, 0.05),
        replaced=0.5,
        victims=(1, 2),
        victim_chance=0.1,
        chargebacks=(0.0, 0.01),
    ),
}
