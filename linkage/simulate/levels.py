"""What operators of each level choose from, knob by knob, with the reason of every knob."""

from dataclasses import dataclass
from typing import Annotated, Literal

#: Drawn evenly between the two.
Span = tuple[float, float]
#: A whole number drawn evenly, both ends included.
Whole = tuple[int, int]
#: One of these, each as likely.
Choices = tuple[int, ...]

Level = Literal["easy", "careful", "paranoid"]
Cards = Literal["one", "several", "virtual", "separate"]
Network = Literal["residential", "datacentre", "rented", "separate"]
Devices = Literal["farm", "emulator", "fresh"]
Hours = Literal["round_clock", "office", "bursts", "customer"]
Registration = Literal["burst", "drip", "aged"]
Mutation = Literal["none", "whitespace", "paraphrase", "wrapper", "language"]


@dataclass(frozen=True)
class Odds:
    """What operators of one level choose from: options with weights, spans drawn evenly, chances."""

    traffic_share: Annotated[
        float | None,
        "share of all exchanges that rings send. 16 of 66 million is the published case. Who must pass for a "
        "customer can send no more than a customer does: hiding is paid for with volume",
    ]
    persona: Annotated[
        float,
        "chance that each member copies plan, age, volume, hours, clients and kinds of line from some innocent "
        "of any story; knobs below that say otherwise then count for what is left",
    ]
    volume: Annotated[Span | None, "a ring's volume beside the other rings'"]
    least_volume: Annotated[
        float, "what a member sends at least, of the mean account: nobody pays for idle ones"
    ]
    accounts_per_country: Annotated[
        Whole | None,
        "members in one country, with exits there; none given: one to three countries for the ring",
    ]
    load_sigma: Annotated[Span, "log-normal spread of load inside a ring: balanced load is near 0"]
    cards: Annotated[
        tuple[tuple[Cards, float], ...],
        "one card for the ring, several, numbers of one virtual programme (as several, one BIN; a fifth of them "
        "where members pass for customers), or each its own",
    ]
    card_share: Annotated[Span, "members whose card is the ring's; the rest pay as customers do"]
    accounts_per_card: Annotated[Whole, "members on one card"]
    card_churn: Annotated[Span, "members who move to another of the ring's cards in the window"]
    chargebacks: Annotated[Span, "payments that the card's owner takes back: stolen cards"]
    network: Annotated[
        tuple[tuple[Network, float], ...],
        "residential exits, a datacentre, a pool that another operator rents too, or each its own line",
    ]
    two_networks: Annotated[float, "chance that half of the members sit behind a second pool"]
    members_per_address: Annotated[Span, "members per exit of the pool"]
    innocents_in_pool: Annotated[float, "exits that are customers' homes, per exit: residential proxies"]
    rotation_seconds: Annotated[Choices, "how long an exit stays with a member"]
    blend: Annotated[float, "chance that members also come through carriers and offices, as customers do"]
    hidden_network: Annotated[
        Span, "weight of a commercial VPN beside the ring's pool, for a fifth of the members"
    ]
    devices: Annotated[
        tuple[tuple[Devices, float], ...],
        "a farm with several accounts a device, emulators with default ids, or a fresh device each",
    ]
    device_share: Annotated[Span, "members that the farm or the emulators serve"]
    accounts_per_device: Annotated[Whole, "members on one device"]
    sdk_client: Annotated[
        float,
        "chance that a ring calls through one SDK version (where members pass for customers, a fifth of them)",
    ]
    private_client: Annotated[float, "chance that such a ring brings a system prompt and tools of its own"]
    templates: Annotated[Whole, "template families of a campaign"]
    variants: Annotated[Whole, "variants of a family in use, each mutated in one way"]
    mutation: Annotated[
        tuple[tuple[Mutation, float], ...],
        "how a variant differs: not at all, white space, paraphrase, wrapped in other text, another language",
    ]
    cover_share: Annotated[Span, "traffic that is not the campaign's"]
    popular_cover: Annotated[float, "of that, public prompts; the rest is what customers send"]
    hours: Annotated[
        tuple[tuple[Hours, float], ...],
        "day and night, office hours, jobs at common hours, or each as a customer would",
    ]
    shifts: Annotated[Choices, "shifts that the jobs are split over"]
    jitter_hours: Annotated[Span, "delay of each session behind its job's hour, even from 0 to this"]
    no_ramp: Annotated[float, "chance that members begin at full volume"]
    pivot: Annotated[float, "chance that a ring moves to the new model within 24 hours of its release"]
    pivot_share: Annotated[Span, "members who move; half of the traffic did in the published case"]
    registration: Annotated[
        tuple[tuple[Registration, float], ...],
        "accounts made in bursts of hours, in a drip, or bought aged (created when customers' were)",
    ]
    created_days: Annotated[
        Span, "days over which a drip runs, or between first and last burst, per 400 members"
    ]
    programme: Annotated[float, "chance that a ring enters by an education, research or start-up programme"]
    second_channel: Annotated[Span, "members who also come by another access channel"]
    failover: Annotated[float, "chance that a ring resends on another account within seconds of a 429"]
    mail_pattern: Annotated[float, "chance of one mail pattern for the ring (or a fifth of it, as above)"]
    private_referral: Annotated[float, "chance of one referral code for the ring (or a fifth of it)"]
    shared_phones: Annotated[
        float, "chance that a phone number verifies several members (or a fifth of them)"
    ]
    invited: Annotated[Span, "members whose inviter is a member: what referral credit pays for"]
    ban_share: Annotated[Span, "members that get banned in the window"]
    replaced: Annotated[float, "banned members that are replaced the same day"]
    second_pool: Annotated[
        float, "chance that replacements are a whole second pool: other exits, cards, devices"
    ]
    victim_chance: Annotated[float, "chance that a ring also uses stolen keys: their owners are victims"]
    victims: Annotated[Whole, "owners of those keys"]
    indicated: Annotated[Span, "exits and cards of a ring that an outside feed already names"]


LEVELS: dict[Level, Odds] = {
    "easy": Odds(
        traffic_share=16 / 66,
        persona=0.0,
        volume=(2.0, 6.0),
        least_volume=0.0,
        accounts_per_country=None,
        load_sigma=(0.05, 0.3),
        cards=(("one", 0.35), ("several", 0.4), ("virtual", 0.25)),
        card_share=(0.9, 1.0),
        accounts_per_card=(5, 50),
        card_churn=(0.0, 0.3),
        chargebacks=(0.0, 0.15),
        network=(("residential", 0.5), ("datacentre", 0.35), ("rented", 0.15)),
        two_networks=0.2,
        members_per_address=(1.0, 8.0),
        innocents_in_pool=0.2,
        rotation_seconds=(1, 3_600, 86_400),
        blend=0.0,
        hidden_network=(0.0, 0.5),
        devices=(("farm", 0.6), ("emulator", 0.2), ("fresh", 0.2)),
        device_share=(0.8, 1.0),
        accounts_per_device=(2, 12),
        sdk_client=1.0,
        private_client=0.4,
        templates=(1, 4),
        variants=(1, 3),
        mutation=(("none", 0.5), ("whitespace", 0.3), ("paraphrase", 0.1), ("wrapper", 0.1)),
        cover_share=(0.0, 0.25),
        popular_cover=0.7,
        hours=(("round_clock", 0.5), ("office", 0.2), ("bursts", 0.3)),
        shifts=(1,),
        jitter_hours=(0.0, 0.2),
        no_ramp=0.9,
        pivot=0.8,
        pivot_share=(0.5, 1.0),
        registration=(("burst", 0.6), ("drip", 0.4)),
        created_days=(0.5, 8.0),
        programme=0.1,
        second_channel=(0.0, 0.2),
        failover=0.5,
        mail_pattern=0.6,
        private_referral=0.2,
        shared_phones=0.3,
        invited=(0.0, 0.5),
        ban_share=(0.05, 0.3),
        replaced=0.8,
        second_pool=0.1,
        victim_chance=0.3,
        victims=(1, 4),
        indicated=(0.0, 0.3),
    ),
    "careful": Odds(
        traffic_share=None,
        persona=1.0,
        volume=None,
        least_volume=0.03,
        accounts_per_country=(10, 20),
        load_sigma=(1.4, 1.4),
        cards=(("several", 0.55), ("virtual", 0.2), ("separate", 0.25)),
        card_share=(0.6, 0.9),
        accounts_per_card=(3, 8),
        card_churn=(0.0, 0.15),
        chargebacks=(0.0, 0.02),
        network=(("residential", 0.65), ("rented", 0.35)),
        two_networks=0.3,
        members_per_address=(1.0, 4.0),
        innocents_in_pool=0.4,
        rotation_seconds=(604_800, 1_209_600, 2_592_000),
        blend=1.0,
        hidden_network=(0.3, 0.8),
        devices=(("farm", 0.5), ("emulator", 0.2), ("fresh", 0.3)),
        device_share=(0.5, 0.8),
        accounts_per_device=(2, 4),
        sdk_client=0.2,
        private_client=0.1,
        templates=(3, 6),
        variants=(2, 5),
        mutation=(
            ("none", 0.2),
            ("whitespace", 0.2),
            ("paraphrase", 0.35),
            ("wrapper", 0.2),
            ("language", 0.05),
        ),
        cover_share=(0.5, 0.7),
        popular_cover=0.2,
        hours=(("customer", 0.5), ("office", 0.2), ("bursts", 0.3)),
        shifts=(1, 2),
        jitter_hours=(1.0, 4.0),
        no_ramp=0.3,
        pivot=0.4,
        pivot_share=(0.3, 0.6),
        registration=(("drip", 0.2), ("aged", 0.8)),
        created_days=(200.0, 500.0),
        programme=0.03,
        second_channel=(0.15, 0.15),
        failover=0.3,
        mail_pattern=0.1,
        private_referral=0.05,
        shared_phones=0.05,
        invited=(0.0, 0.05),
        ban_share=(0.0, 0.08),
        replaced=0.6,
        second_pool=0.5,
        victim_chance=0.3,
        victims=(1, 3),
        indicated=(0.0, 0.02),
    ),
    "paranoid": Odds(
        traffic_share=None,
        persona=1.0,
        volume=None,
        least_volume=0.1,
        accounts_per_country=(10, 20),
        load_sigma=(1.4, 1.4),
        cards=(("separate", 1.0),),
        card_share=(0.0, 0.0),
        accounts_per_card=(1, 1),
        card_churn=(0.0, 0.0),
        chargebacks=(0.0, 0.01),
        network=(("separate", 1.0),),
        two_networks=0.0,
        members_per_address=(1.0, 1.0),
        innocents_in_pool=0.0,
        rotation_seconds=(604_800,),
        blend=1.0,
        hidden_network=(0.0, 0.3),
        devices=(("fresh", 1.0),),
        device_share=(0.0, 0.0),
        accounts_per_device=(1, 1),
        sdk_client=0.0,
        private_client=0.0,
        templates=(3, 6),
        variants=(2, 5),
        mutation=(
            ("none", 0.15),
            ("whitespace", 0.2),
            ("paraphrase", 0.4),
            ("wrapper", 0.2),
            ("language", 0.05),
        ),
        cover_share=(0.4, 0.6),
        popular_cover=0.2,
        hours=(("bursts", 1.0),),
        shifts=(1, 2, 3),
        jitter_hours=(0.1, 0.75),
        no_ramp=0.3,
        pivot=0.3,
        pivot_share=(0.2, 0.5),
        registration=(("drip", 0.1), ("aged", 0.9)),
        created_days=(300.0, 600.0),
        programme=0.0,
        second_channel=(0.15, 0.15),
        failover=0.2,
        mail_pattern=0.0,
        private_referral=0.0,
        shared_phones=0.0,
        invited=(0.0, 0.0),
        ban_share=(0.0, 0.05),
        replaced=0.5,
        second_pool=0.0,
        victim_chance=0.1,
        victims=(1, 2),
        indicated=(0.0, 0.0),
    ),
}
