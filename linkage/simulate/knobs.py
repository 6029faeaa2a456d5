"""Every number that shapes the innocent part of the world: scales, plain users, and those who share.

What operators choose from stands in `levels`. Each knob carries its reason; `knobtable` writes all of them
into docs/simulator.md, and a test keeps the two alike.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Scale:
    """A size of world: accounts, days of traffic, exchanges of an account in those days, the largest ring."""

    accounts: int
    days: int = 30
    exchanges_per_account: float = 33.0
    largest_ring: float = 0.35


SCALES: dict[str, Scale] = {
    "small": Scale(5_000),
    "medium": Scale(200_000),
    "seed": Scale(2_000_000, days=60, largest_ring=20_000 / 24_000),
}

#: Share of all accounts that operators control: 24,000 of 2 million.
FRAUD_SHARE = 0.012
#: Sizes of the other rings: a Pareto tail from the smallest size up to a share of all fraud accounts.
SMALLEST_RING = 2
MOST_IN_A_RING = 20_000
RING_TAIL = 1.1
RING_CAP = 0.12
#: Share of rings that run a campaign which another ring runs too.
SHARED_CAMPAIGN = 0.08
#: Mean exchanges in a session.
SESSION_LENGTH = 5.0

Weights = tuple[float, ...]


@dataclass(frozen=True)
class Plain:
    """How plain users live."""

    created_in_window: Annotated[
        float, "share created in 30 days: a customer base that doubles in a year"
    ] = 0.12
    age_days: Annotated[float, "mean age of the others, exponential: most customers are young"] = 260.0
    oldest_days: Annotated[int, "the provider opened 900 days ago"] = 900
    phone_share: Annotated[float, "who left a phone number: it is optional"] = 0.55
    promo_share: Annotated[float, "who signed up with a public promotion code"] = 0.08
    promo_codes: Annotated[int, "public promotions at one time, so each has thousands of users"] = 12
    referred_share: Annotated[float, "who came by a friend's code"] = 0.05
    invited_share: Annotated[float, "whose inviter's account is on record"] = 0.03
    mail_shapes: Annotated[
        Weights, "first.last, firstlast0000, firstlast, first_last0000, first0000, first.0000last"
    ] = (0.25, 0.22, 0.18, 0.12, 0.17, 0.06)
    volume_sigma: Annotated[float, "log-normal volume: the top tenth sends about half of all"] = 1.4
    volume_cap: Annotated[float, "no plain user sends more than this many times the mean"] = 150.0
    plan_volume: Annotated[
        Weights, "volume by plan: free, pro, payg, team, scale, enterprise, education, startup"
    ] = (0.4, 1.1, 1.8, 1.2, 6.0, 5.0, 0.7, 2.0)
    idle_share: Annotated[float, "who signed up and sends nothing"] = 0.05
    profiles: Annotated[Weights, "hours: evening, office, student, night, round the clock"] = (
        0.38, 0.33, 0.10, 0.08, 0.11,
    )  # fmt: skip
    bursty_share: Annotated[float, "who works through a batch in a few hours of a day"] = 0.4
    even_share: Annotated[float, "whose days are nearly alike: a job that runs"] = 0.15
    cron_share: Annotated[float, "whose jobs start on the hour, of those who call from servers"] = 0.4
    no_ramp: Annotated[float, "newcomers who begin at full volume: they move from another provider"] = 0.3
    holiday_share: Annotated[float, "who is away for 4 to 12 days of the window"] = 0.15
    churn_share: Annotated[float, "who stops within the window; 4 in 10 of them close, 1 in 10 deletes"] = (
        0.08
    )
    payload_sigma: Annotated[
        float, "log-normal size of what a user puts into prompts: documents or lines"
    ] = 0.8
    never_adopts: Annotated[float, "who stays with the old model"] = 0.3
    adopts_days: Annotated[float, "mean days until the others move to the newest, exponential"] = 4.0
    release_surge: Annotated[float, "everyone's volume on the day of a release: all try the new model"] = 1.7
    mobile_share: Annotated[float, "who also comes through a carrier"] = 0.5
    work_share: Annotated[float, "who also comes from an office"] = 0.2
    server_share: Annotated[float, "who also calls from a cloud machine"] = 0.08
    vpn_share: Annotated[float, "who uses a commercial VPN at times: surveys say a fifth to a third"] = 0.2
    v6_share: Annotated[float, "homes with an IPv6 prefix beside the IPv4 address"] = 0.35
    move_share: Annotated[float, "whose home address changes once in the window"] = 0.25
    own_client_share: Annotated[float, "who runs a product with a system prompt and tools of its own"] = 0.12
    templated: Annotated[float, "who sends mostly templates of its own (a product, a job)"] = 0.45
    second_channel: Annotated[float, "who uses a second access channel (API and console, or a cloud)"] = 0.15
    second_card_share: Annotated[float, "whose card expires or is replaced in the window"] = 0.07
    free_card_share: Annotated[float, "who has a card on file on a plan that needs none"] = 0.1
    virtual_share: Annotated[float, "weight of the eight virtual and prepaid programmes among issuers"] = 0.08
    popular_templates: Annotated[int, "texts of public prompt collections in use, Zipf"] = 400
    users_of_a_cgnat_address: Annotated[int, "people behind one carrier's address"] = 1_500
    users_of_a_vpn_pool: Annotated[int, "customers of one VPN service's pool in the smallest worlds"] = 800
    vpn_pool: Annotated[int, "exits of a VPN service"] = 12
    rate_limited: Annotated[float, "innocents who met the rate limit"] = 0.03
    suspended: Annotated[float, "innocents who were suspended and reinstated: mistakes"] = 0.006
    banned: Annotated[float, "accounts banned for what has nothing to do with rings"] = 0.01
    refusal_sigma: Annotated[float, "log-normal spread of how often a user meets a 429, around 2 %"] = 1.2
    model_fickle: Annotated[float, "exchanges with another model than the usual one"] = 0.08
    indicator_noise: Annotated[float, "innocents with an identifier on some feed of indicators"] = 0.002


PLAIN = Plain()


@dataclass(frozen=True)
class Sharing:
    """An innocent story: its share of all accounts, the size of its groups, and why it is told."""

    share: float
    low: int
    high: int
    why: str


#: In this order the stories take their accounts.
DECOY_KNOBS: dict[str, Sharing] = {
    "household": Sharing(0.060, 2, 5, "one home address, a card for all, one tablet"),
    "small_company": Sharing(0.045, 4, 25, "one card and one private text behind one office"),
    "large_company": Sharing(0.030, 30, 1_500, "hundreds behind one egress, signed on by the company"),
    "cafe_wifi": Sharing(0.015, 12, 60, "guests of a café or hotel, seldom on the same days"),
    "carrier_nat": Sharing(0.060, 1, 1, "thousands behind a few carrier addresses, no other line"),
    "vpn_exits": Sharing(0.030, 1, 1, "customers of one VPN rotate over the same exits"),
    "open_harness": Sharing(0.050, 1, 1, "one system prompt and task texts on everybody's machine"),
    "popular_prompts": Sharing(0.040, 1, 1, "a public collection: the same texts among strangers"),
    "university_course": Sharing(0.015, 25, 180, "one campus, one assignment, sign-up in one week"),
    "hackathon": Sharing(0.008, 15, 80, "one venue, one weekend, one starter text, one event code"),
    "agency": Sharing(0.010, 8, 25, "an agency's laptops, card and texts in many clients' accounts"),
    "ci_runners": Sharing(0.008, 1, 1, "jobs of strangers leave through the same few runner addresses"),
    "cron": Sharing(0.012, 1, 1, "jobs that all start on the hour, day and night"),
    "default_device": Sharing(0.030, 1, 1, "emulators and privacy builds with a default device id"),
    "common_client": Sharing(0.030, 1, 1, "the most common browser and nothing else"),
    "viral_referral": Sharing(0.010, 20, 400, "a code that went viral: strangers sign up within days"),
    "reseller": Sharing(0.008, 10, 60, "a reseller under contract: one card, one sign-up script"),
    "remote_team": Sharing(0.015, 3, 15, "one card, one private text, everyone at home"),
    "service_fleet": Sharing(0.010, 6, 60, "a company's service accounts: one text, even, day and night"),
    "second_hand_device": Sharing(0.006, 2, 2, "a laptop that is sold: two owners weeks apart"),
    "recycled_address": Sharing(0.010, 2, 3, "a home address given to the next customer"),
    "recycled_phone": Sharing(0.006, 2, 2, "a number given to the next subscriber"),
    "niche_prompt": Sharing(0.010, 4, 40, "strangers who found the same rare prompt in a blog"),
    "consultant": Sharing(0.005, 4, 6, "one person with an account at each of several companies"),
    "release_day": Sharing(0.015, 1, 1, "enthusiasts who move to a new model within hours, all at once"),
}
