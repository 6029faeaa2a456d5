"""Fraud operators: what each one has chosen, and the sizes of their rings."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from linkage.simulate import knobs
from linkage.simulate.catalog import COUNTRIES, PATHWAYS, SERVERS
from linkage.simulate.codes import I64
from linkage.simulate.levels import (
    LEVELS,
    Cards,
    Devices,
    Hours,
    Level,
    Mutation,
    Network,
    Registration,
    Span,
    Whole,
)

_PEOPLE = np.array([country.share for country in COUNTRIES]) / sum(country.share for country in COUNTRIES)
_T = TypeVar("_T", bound=str)
PROGRAMMES = ("education", "startup", "research")
#: Numbers of a variant: its mutation stands in the lowest three bits, its own number above them.
MUTATIONS: tuple[Mutation, ...] = ("none", "whitespace", "paraphrase", "wrapper", "language")


@dataclass(frozen=True)
class Operator:
    """One operator's choices; shares are of its members, `volume` is relative to the mean account's."""

    level: Level
    campaign: int
    persona: bool
    countries: I64
    cards: Cards
    card_share: float
    accounts_per_card: int
    card_churn: float
    chargebacks: float
    network: Network
    networks: int
    members_per_address: float
    innocents_in_pool: float
    rotation_seconds: int
    blend: bool
    hidden_network: float
    devices: Devices
    device_share: float
    accounts_per_device: int
    client: int | None
    private_client: bool
    templates: int
    variants: I64
    cover_share: float
    popular_cover: float
    volume: float | None
    least_volume: float
    load_sigma: float
    hours: Hours
    shifts: int
    jitter_seconds: int
    ramp: bool
    pivot_share: float
    registration: Registration
    created_days: float
    programme: int | None
    second_channel: float
    failover: bool
    mail_pattern: bool
    referral: bool
    shared_phones: bool
    invited: float
    banned: float
    replaced: float
    second_pool: bool
    victims: int
    indicated: float

    @property
    def style(self) -> str:
        """The choices that shape a ring most, in one line."""
        pools = f"{self.network}{'x2' if self.networks > 1 else ''}"
        return f"{self.cards}/{pools}/{self.devices}/{self.hours}/{self.registration}"


def draw_operator(level: Level, campaign: int, size: int, rng: np.random.Generator) -> Operator:
    """An operator of this level who will run `size` accounts."""
    odds = LEVELS[level]

    def chance(share: float) -> bool:
        return bool(rng.random() < share)

    return Operator(
        level=level,
        campaign=campaign,
        countries=rng.choice(
            len(COUNTRIES), _countries(odds.accounts_per_country, size, rng), replace=False, p=_PEOPLE
        ),
        persona=chance(odds.persona),
        cards=_one(odds.cards, rng),
        card_share=_between(odds.card_share, rng),
        accounts_per_card=_whole(odds.accounts_per_card, rng),
        card_churn=_between(odds.card_churn, rng),
        chargebacks=_between(odds.chargebacks, rng),
        network=_one(odds.network, rng),
        networks=1 + chance(odds.two_networks),
        members_per_address=_between(odds.members_per_address, rng),
        innocents_in_pool=odds.innocents_in_pool,
        rotation_seconds=int(rng.choice(odds.rotation_seconds)),
        blend=chance(odds.blend),
        hidden_network=_between(odds.hidden_network, rng),
        devices=_one(odds.devices, rng),
        device_share=_between(odds.device_share, rng),
        accounts_per_device=_whole(odds.accounts_per_device, rng),
        client=int(rng.choice(SERVERS)) if chance(odds.sdk_client) else None,
        private_client=chance(odds.private_client),
        templates=_whole(odds.templates, rng),
        variants=_variants(_whole(odds.variants, rng), odds.mutation, rng),
        cover_share=_between(odds.cover_share, rng),
        popular_cover=odds.popular_cover,
        volume=_between(odds.volume, rng) if odds.volume else None,
        least_volume=odds.least_volume,
        load_sigma=_between(odds.load_sigma, rng),
        hours=_one(odds.hours, rng),
        shifts=int(rng.choice(odds.shifts)),
        jitter_seconds=int(3_600 * _between(odds.jitter_hours, rng)),
        ramp=not chance(odds.no_ramp),
        pivot_share=_between(odds.pivot_share, rng) if chance(odds.pivot) else 0.0,
        registration=_one(odds.registration, rng),
        created_days=_between(odds.created_days, rng) * (1 + size / 400),
        programme=PATHWAYS.index(str(rng.choice(PROGRAMMES))) if chance(odds.programme) else None,
        second_channel=_between(odds.second_channel, rng),
        failover=chance(odds.failover),
        mail_pattern=chance(odds.mail_pattern),
        referral=chance(odds.private_referral),
        shared_phones=chance(odds.shared_phones),
        invited=_between(odds.invited, rng),
        banned=_between(odds.ban_share, rng),
        replaced=odds.replaced,
        second_pool=chance(odds.second_pool),
        victims=_whole(odds.victims, rng) if chance(odds.victim_chance) else 0,
        indicated=_between(odds.indicated, rng),
    )


def _countries(accounts: Whole | None, size: int, rng: np.random.Generator) -> int:
    """Countries of a ring: one for so many accounts, or one to three."""
    if accounts is None:
        return int(rng.integers(1, 4))
    return min(len(COUNTRIES), 1 + size // _whole(accounts, rng))


def _variants(count: int, mutation: tuple[tuple[Mutation, float], ...], rng: np.random.Generator) -> I64:
    """Codes of a family's variants: the text as it was written, and mutations of it."""
    kinds = [MUTATIONS.index(_one(mutation, rng)) for _ in range(count - 1)]
    return np.array([0, *(kind + 8 * (number + 1) for number, kind in enumerate(kinds))], dtype=np.int64)


def ring_sizes(fraud: int, largest: float, rng: np.random.Generator) -> list[int]:
    """Sizes that sum to `fraud`: one ring of about the largest share, the rest from a heavy tail."""
    least = knobs.SMALLEST_RING
    sizes = [min(max(least, round(largest * fraud)), knobs.MOST_IN_A_RING)]
    cap = min(max(least + 1, int(knobs.RING_CAP * fraud)), knobs.MOST_IN_A_RING)
    while (left := fraud - sum(sizes)) >= least:
        size = min(int(least * (1 + rng.pareto(knobs.RING_TAIL))), cap, left)
        # What would be left behind is too small for a ring of its own.
        sizes.append(left if left - size < least else size)
    return sizes


def _one(options: tuple[tuple[_T, float], ...], rng: np.random.Generator) -> _T:
    weights = np.array([weight for _, weight in options])
    return options[int(rng.choice(len(options), p=weights / weights.sum()))][0]


def _between(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _whole(span: Whole, rng: np.random.Generator) -> int:
    return int(rng.integers(span[0], span[1] + 1))
