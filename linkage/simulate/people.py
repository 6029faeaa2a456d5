"""The plain population: who signs up, when, with what plan, and how they work."""

import dataclasses
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np

from linkage.simulate.catalog import COUNTRIES, MODELS, PATHWAYS, PLANS
from linkage.simulate.codes import F64, I8, I32, I64, U8, Bools, choose
from linkage.simulate.knobs import PLAIN

DAY = 86_400
NEVER = np.iinfo(np.int32).max
NO_CHANNEL = 255
#: Weekday of the window's last day, 29 June 2026: a Monday.
LAST_WEEKDAY = 0


class Own(IntFlag):
    """What of its own a plain user holds; a story takes some away and grants other things instead."""

    HOME = 1
    MOBILE = 2
    WORK = 4
    SERVER = 8
    VPN = 16
    DEVICES = 32
    CLIENTS = 64
    CARD = 128


class Profile(IntEnum):
    """Hours and weekdays of use, in local time."""

    EVENING = 0
    OFFICE = 1
    STUDENT = 2
    NIGHT = 3
    FLAT = 4


@dataclass
class Accounts:
    """One row an account, changed in place by the stories. Times are seconds of the window."""

    created: I32
    country: U8
    plan: U8
    pathway: U8
    status: U8
    closed: I32
    deleted: I32
    org: I64
    mail_shape: U8
    mail_domain: I64
    phone: I64
    referral: I64
    story: I8
    group: I32
    ring: I32
    style: I32
    campaign: I32
    role: U8

    def __len__(self) -> int:
        return len(self.created)


@dataclass
class Actors:
    """One row a person or machine that uses an account; the first rows are the accounts' owners.

    `rate` is the volume over a whole window relative to the mean, `noise` the shape of the gamma draw that
    makes days uneven (0: even), the three shares say whose templates the exchanges carry. `bursty` actors work
    in a few hours of a day, sessions begin up to `jitter` seconds after their hour in a schedule, and on
    multiples of `grid` seconds (0: anywhere). `channel` is a second access channel (NO_CHANNEL: none).
    """

    account: I64
    rate: F64
    start: I32
    end: I32
    profile: U8
    utc_offset: I8
    schedule: I32
    jitter: I32
    grid: I32
    bursty: Bools
    channel: U8
    noise: F64
    ramp: Bools
    own: U8
    granted_share: F64
    popular_share: F64
    own_share: F64
    device_share: F64
    model: U8
    adopts: I32

    def __len__(self) -> int:
        return len(self.account)

    def rows(self, chosen: I64) -> "Actors":
        """A copy of the chosen rows."""
        return Actors(**{f.name: getattr(self, f.name)[chosen] for f in dataclasses.fields(self)})

    @staticmethod
    def join(parts: "list[Actors]") -> "Actors":
        """All rows, part after part."""
        names = [f.name for f in dataclasses.fields(Actors)]
        return Actors(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def draw_accounts(count: int, days: int, rng: np.random.Generator) -> Accounts:
    """`count` plain accounts; what stories and operators change comes later."""
    old = -rng.exponential(PLAIN.age_days * DAY, count) % (PLAIN.oldest_days * DAY) - PLAIN.oldest_days * DAY
    new = rng.random(count) * (days * DAY - 3_600)
    fresh = rng.random(count) < PLAIN.created_in_window * days / 30
    plan = choose([p.share for p in PLANS], rng.random(count))
    pathway = np.array([PATHWAYS.index(p.pathway) for p in PLANS])[plan]
    other = rng.random(count)
    pathway = np.where((pathway == 0) & (other < 0.25), PATHWAYS.index("cloud"), pathway)
    pathway = np.where(other > 0.99, PATHWAYS.index("research"), pathway)
    return Accounts(
        created=np.where(fresh, new, old).astype(np.int32),
        country=choose([c.share for c in COUNTRIES], rng.random(count)).astype(np.uint8),
        plan=plan.astype(np.uint8),
        pathway=pathway.astype(np.uint8),
        status=np.zeros(count, dtype=np.uint8),
        closed=np.full(count, NEVER, dtype=np.int32),
        deleted=np.full(count, NEVER, dtype=np.int32),
        org=np.zeros(count, dtype=np.int64),
        mail_shape=choose(PLAIN.mail_shapes, rng.random(count)).astype(np.uint8),
        mail_domain=np.zeros(count, dtype=np.int64),
        phone=np.where(rng.random(count) < PLAIN.phone_share, -1, 0).astype(np.int64),
        referral=_referrals(count, rng),
        story=np.full(count, -1, dtype=np.int8),
        group=np.full(count, -1, dtype=np.int32),
        style=np.full(count, -1, dtype=np.int32),
        ring=np.full(count, -1, dtype=np.int32),
        campaign=np.full(count, -1, dtype=np.int32),
        role=np.zeros(count, dtype=np.uint8),
    )


def _referrals(count: int, rng: np.random.Generator) -> I64:
    """Codes used at sign-up: public promotions that thousands use, and friends' own codes."""
    draw = rng.random(count)
    public = 1 + (rng.random(count) ** 2 * PLAIN.promo_codes).astype(np.int64)
    friend = 1_000 + rng.integers(0, count, count)
    shares = (PLAIN.promo_share, PLAIN.promo_share + PLAIN.referred_share)
    return np.asarray(np.select([draw < shares[0], draw < shares[1]], [public, friend], 0), dtype=np.int64)


def draw_actors(accounts: Accounts, days: int, release: int, rng: np.random.Generator) -> Actors:
    """The owners of the accounts as plain users (`release`: when the newest model comes out)."""
    count, window = len(accounts), days * DAY
    factor = np.array(PLAIN.plan_volume)[accounts.plan]
    rate = np.minimum(
        rng.lognormal(-0.5 * PLAIN.volume_sigma**2, PLAIN.volume_sigma, count) * factor, PLAIN.volume_cap
    )
    rate[rng.random(count) < PLAIN.idle_share] = 0.0
    profile = choose(PLAIN.profiles, rng.random(count))
    flat = profile == Profile.FLAT
    even = flat | (rng.random(count) < PLAIN.even_share)
    own = _own(count, rng)
    cron = (own & np.uint8(Own.SERVER) > 0) & (rng.random(count) < PLAIN.cron_share)
    start = np.maximum(accounts.created + rng.exponential(1_800, count) + 30, 0)
    console = accounts.pathway == PATHWAYS.index("console")
    wait = np.where(
        rng.random(count) < PLAIN.never_adopts, NEVER, rng.exponential(PLAIN.adopts_days * DAY, count)
    )
    return Actors(
        account=np.arange(count, dtype=np.int64),
        rate=rate,
        start=np.minimum(start, window - 1).astype(np.int32),
        end=np.full(count, window, dtype=np.int32),
        profile=profile.astype(np.uint8),
        utc_offset=np.array([c.utc_offset for c in COUNTRIES], dtype=np.int8)[accounts.country],
        schedule=np.full(count, -1, dtype=np.int32),
        jitter=np.zeros(count, dtype=np.int32),
        grid=np.where(cron, 3_600, 0).astype(np.int32),
        bursty=rng.random(count) < PLAIN.bursty_share,
        channel=second_channels(accounts.pathway, PLAIN.second_channel, rng),
        noise=np.where(even, 20.0, rng.uniform(0.25, 2.0, count)),
        ramp=rng.random(count) >= PLAIN.no_ramp,
        own=own,
        granted_share=np.zeros(count),
        popular_share=0.3 * rng.random(count),
        own_share=np.where(
            rng.random(count) < PLAIN.templated, rng.uniform(0.5, 1.0, count), rng.uniform(0.0, 0.5, count)
        ),
        device_share=np.where(console, 1.0, rng.choice([0.0, 0.4, 1.0], count)),
        model=choose([m.share for m in MODELS], rng.random(count)).astype(np.uint8),
        adopts=np.minimum(release + wait, NEVER).astype(np.int32),
    )


def churn(accounts: Accounts, actors: Actors, plain: I64, rng: np.random.Generator) -> None:
    """Let some of these accounts stop within the window, and some of those close or delete."""
    gone = plain[rng.random(len(plain)) < PLAIN.churn_share]
    end = (
        actors.start[gone]
        + (rng.random(len(gone)) * (actors.end[gone] - actors.start[gone])).astype(np.int32)
        + 1
    )
    actors.end[gone] = end
    how = rng.random(len(gone))
    accounts.closed[gone[how < 0.4]] = end[how < 0.4]
    accounts.deleted[gone[how < 0.1]] = end[how < 0.1]


def second_channels(pathway: U8, share: float, rng: np.random.Generator) -> U8:
    """For this share of accounts another access channel than the account's own."""
    console, api = PATHWAYS.index("console"), PATHWAYS.index("api")
    usual = np.where(pathway == console, api, console)
    cloud = rng.random(len(pathway)) < 0.3
    other = np.where(cloud & (pathway != PATHWAYS.index("cloud")), PATHWAYS.index("cloud"), usual)
    return np.where(rng.random(len(pathway)) < share, other, NO_CHANNEL).astype(np.uint8)


def _own(count: int, rng: np.random.Generator) -> U8:
    """What plain users hold of their own."""
    own = np.full(count, Own.HOME | Own.DEVICES | Own.CLIENTS | Own.CARD, dtype=np.uint8)
    odds = (
        (Own.MOBILE, PLAIN.mobile_share),
        (Own.WORK, PLAIN.work_share),
        (Own.SERVER, PLAIN.server_share),
        (Own.VPN, PLAIN.vpn_share),
    )
    for flag, share in odds:
        own[rng.random(count) < share] |= np.uint8(flag)
    return own
