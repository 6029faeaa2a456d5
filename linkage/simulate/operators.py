"""Fraud operators: what each one has chosen, and how its ring is laid on the accounts."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from linkage.simulate import knobs
from linkage.simulate.base import BIN_WEIGHTS, home_addresses
from linkage.simulate.canvas import Canvas, release_second
from linkage.simulate.catalog import CLIENTS, COUNTRIES, SERVERS
from linkage.simulate.codes import F64, I64, Salt, code
from linkage.simulate.knobs import LEVELS, Cards, Devices, Hours, Level, Network, Span
from linkage.simulate.people import DAY, NEVER, Actors, Own, Profile

_T = TypeVar("_T", bound=str)


@dataclass(frozen=True)
class Operator:
    """One operator's choices; shares are of its members, `volume` is relative to the mean account's."""

    level: Level
    campaign: int
    countries: I64
    cards: Cards
    card_share: float
    accounts_per_card: int
    network: Network
    members_per_address: float
    innocents_in_pool: float
    rotation_seconds: int
    hidden_network: float
    devices: Devices
    device_share: float
    accounts_per_device: int
    templates: int
    variants: int
    cover_share: float
    volume: float | None
    load_sigma: float
    hours: Hours
    shifts: int
    ramp: bool
    pivot: bool
    created_days: float | None
    client: int | None
    mail_pattern: bool
    referral: bool
    shared_phones: bool
    banned: float
    replaced: float
    victims: int
    chargebacks: float


@dataclass(frozen=True)
class Ring:
    """A ring being laid: its operator, its accounts, and the accounts that others replace (old and new)."""

    canvas: Canvas
    number: int
    op: Operator
    members: I64
    old: I64
    new: I64
    rng: np.random.Generator

    def fresh(self, salt: Salt, numbers: I64 | int) -> I64:
        """New codes that only this ring has."""
        return code(self.canvas.seed, salt, numbers, 5_000_000_000 + self.number)

    def some(self, share: float) -> I64:
        """Places of a random share of the members; a replacement shares the fate of what it replaces."""
        chosen = self.rng.random(len(self.members)) < share
        chosen[self.new] = chosen[self.old]
        return np.flatnonzero(chosen)

    def split(self, size: int) -> I64:
        """Each member's part when the ring is cut at random into parts of about this size."""
        parts = self.rng.permutation(len(self.members)) // size
        parts[self.new] = parts[self.old]
        return parts


def draw_operator(level: Level, campaign: int, size: int, rng: np.random.Generator) -> Operator:
    """An operator of this level who will run `size` accounts."""
    odds = LEVELS[level]
    client = int(rng.choice(SERVERS)) if level == "easy" or rng.random() < 0.5 else None
    return Operator(
        level=level,
        campaign=campaign,
        countries=rng.integers(0, len(COUNTRIES), int(rng.integers(1, 4))),
        cards=_one(odds.cards, rng),
        card_share=_between(odds.card_share, rng),
        accounts_per_card=_whole(odds.accounts_per_card, rng),
        network=_one(odds.network, rng),
        members_per_address=_between(odds.members_per_address, rng),
        innocents_in_pool=odds.innocents_in_pool,
        rotation_seconds=int(rng.choice(odds.rotation_seconds)),
        hidden_network=_between(odds.hidden_network, rng),
        devices=_one(odds.devices, rng),
        device_share=_between(odds.device_share, rng),
        accounts_per_device=_whole(odds.accounts_per_device, rng),
        templates=_whole(odds.templates, rng),
        variants=_whole(odds.variants, rng),
        cover_share=_between(odds.cover_share, rng),
        volume=_between(odds.volume, rng) if odds.volume else None,
        load_sigma=_between(odds.load_sigma, rng),
        hours=_one(odds.hours, rng),
        shifts=int(rng.choice(odds.shifts)),
        ramp=bool(rng.random() >= odds.no_ramp),
        pivot=bool(rng.random() < odds.pivot),
        created_days=_between(odds.created_days, rng) * (1 + size / 400) if odds.created_days else None,
        client=client,
        mail_pattern=bool(rng.random() < odds.mail_pattern),
        referral=bool(rng.random() < odds.private_referral),
        shared_phones=bool(rng.random() < odds.shared_phones),
        banned=_between(odds.ban_share, rng),
        replaced=odds.replaced,
        victims=_whole(odds.victims, rng) if rng.random() < odds.victim_chance else 0,
        chargebacks=_between(odds.chargebacks, rng),
    )


def ring_sizes(fraud: int, rng: np.random.Generator) -> list[int]:
    """Sizes that sum to `fraud`: one ring of about the largest share, the rest from a heavy tail."""
    sizes = [max(knobs.SMALLEST_RING, round(knobs.LARGEST_RING * fraud))]
    cap = max(knobs.SMALLEST_RING + 1, int(knobs.RING_CAP * fraud))
    while (left := fraud - sum(sizes)) >= knobs.SMALLEST_RING:
        size = min(int(knobs.SMALLEST_RING * (1 + rng.pareto(knobs.RING_TAIL))), cap, left)
        # What would be left behind is too small for a ring of its own.
        sizes.append(left if left - size < knobs.SMALLEST_RING else size)
    return sizes


def plant_operators(canvas: Canvas, free: I64, level: Level, rng: np.random.Generator) -> int:
    """Lay every ring on accounts from `free` (in its order); the number of rings."""
    sizes = ring_sizes(max(9, round(knobs.FRAUD_SHARE * len(canvas.accounts))), rng)
    campaigns = 0
    for number, size in enumerate(sizes):
        again = number > 0 and rng.random() < knobs.SHARED_CAMPAIGN
        campaign = int(rng.integers(0, campaigns)) if again else campaigns
        campaigns += not again
        op = draw_operator(level, campaign, size, rng)
        members, free = free[:size], free[size:]
        old, new = _replacements(op, size, rng)
        ring = Ring(canvas, number, op, members, old, new, rng)
        exits = lay_ring(ring)
        victims, free = free[: op.victims], free[op.victims :]
        _borrow(ring, victims, exits)
    return len(sizes)


def lay_ring(ring: Ring) -> int:
    """Turn plain accounts into this ring; the code of its pool of exits (0: it has none)."""
    accounts = ring.canvas.accounts
    accounts.ring[ring.members] = ring.number
    accounts.campaign[ring.members] = ring.op.campaign
    accounts.role[ring.members] = 1
    _register(ring)
    _pay(ring)
    exits = _connect(ring)
    _equip(ring)
    _write(ring, ring.members)
    _work(ring)
    _get_banned(ring)
    return exits


def _register(ring: Ring) -> None:
    """Sign-up: when, from which countries, with what plan, mail, phone and referral."""
    canvas, op, members = ring.canvas, ring.op, ring.members
    size = len(members)
    if op.created_days is not None:
        begin = ring.rng.uniform(-25 * DAY, 0.4 * canvas.window)
        end = min(begin + op.created_days * DAY, canvas.window - 2 * DAY)
        canvas.register(members, ring.rng.uniform(begin, max(begin + 1, end), size).astype(np.int64))
        canvas.settle(members, op.countries[ring.rng.integers(0, len(op.countries), size)])
        canvas.set_plan(members, ("pro", "payg")[ring.number % 2])
    if op.mail_pattern:
        canvas.accounts.mail_shape[members] = 5
        disposable = ring.fresh(Salt.EMAIL, 1)
        canvas.accounts.mail_domain[members] = disposable if ring.rng.random() < 0.4 else 0
    if op.referral:
        canvas.accounts.referral[members] = ring.fresh(Salt.REFERRAL, 1)
    if op.shared_phones:
        canvas.accounts.phone[members] = ring.fresh(Salt.PHONE, ring.split(int(ring.rng.integers(2, 9))))


def _pay(ring: Ring) -> None:
    """Cards: one for all, several, or numbers of one virtual programme; the rest pay as they would."""
    op = ring.op
    if op.cards == "separate":
        return
    who = ring.some(op.card_share)
    parts = ring.split(len(ring.members) if op.cards == "one" else op.accounts_per_card)[who]
    weights = np.array(BIN_WEIGHTS) / sum(BIN_WEIGHTS)
    programme = int(ring.rng.integers(len(BIN_WEIGHTS) - 8, len(BIN_WEIGHTS)))
    bins = ring.rng.choice(len(weights), len(ring.members) + 1, p=weights)[parts]
    cards = ring.fresh(Salt.CARD, parts) + (programme if op.cards == "virtual_bin" else bins)
    ring.canvas.drop(ring.members[who], Own.CARD)
    ring.canvas.grant("card", ring.members[who], cards)
    for card in np.unique(cards):
        ring.canvas.chargebacks[int(card)] = op.chargebacks


def _connect(ring: Ring) -> int:
    """Network: a pool of exits that all members rotate over, with some traffic hidden among VPN users."""
    canvas, op = ring.canvas, ring.op
    if op.hidden_network > 0.05:
        vpn = np.array(canvas.vpn)
        chosen = vpn[ring.rng.integers(0, len(vpn), len(ring.members))]
        canvas.grant("ip", ring.members, chosen, op.hidden_network)
    if op.network == "separate":
        return 0
    canvas.drop(ring.members, Own.HOME | Own.MOBILE | Own.WORK | Own.SERVER | Own.VPN)
    if op.network == "rented" and canvas.rented:
        pool = int(ring.rng.choice(canvas.rented))
    else:
        pool = canvas.pools.add(_exits(ring), op.rotation_seconds)
        canvas.rented.append(pool)
    canvas.grant("ip", ring.members, pool)
    return pool


def _exits(ring: Ring) -> I64:
    """Addresses for the ring's pool; a residential proxy network's are also some customers' homes."""
    canvas, op = ring.canvas, ring.op
    count = max(2, round(len(ring.members) / op.members_per_address))
    kind = "hosting" if op.network == "datacentre" else "residential"
    taken = canvas.addresses.take(kind, np.resize(op.countries, count))
    if kind == "hosting":
        return taken
    listed = canvas.addresses.take("residential_proxy", np.resize(op.countries, count // 10))
    hosts = ring.rng.integers(0, len(canvas.accounts), 2 * round(op.innocents_in_pool * count))
    hosts = hosts[(canvas.accounts.story[hosts] < 0) & (canvas.accounts.ring[hosts] < 0)]
    return np.concatenate([taken, listed, home_addresses(canvas, hosts, 0)])


def _equip(ring: Ring) -> None:
    """Devices and clients: farms of a few accounts a device, emulators with default ids, a private tool."""
    canvas, op = ring.canvas, ring.op
    if op.devices != "fresh":
        who = ring.some(op.device_share)
        shared = ring.fresh(Salt.DEVICE, ring.split(op.accounts_per_device)[who])
        if op.devices == "emulator":
            # Emulators show the default id half of the time, and otherwise the farm's.
            defaults = canvas.default_devices
            canvas.grant("device", ring.members[who], int(defaults[ring.number % len(defaults)]))
        canvas.drop(ring.members[who], Own.DEVICES)
        canvas.grant("device", ring.members[who], shared)
        canvas.actors.device_share[ring.members[who]] = 0.9
    if op.client is None:
        return
    private = ring.rng.random() < LEVELS[op.level].private_client
    tool = int(ring.fresh(Salt.OWN_CLIENT, 1)[0]) if private else 0
    canvas.drop(ring.members, Own.CLIENTS)
    canvas.grant("client", ring.members, tool + op.client)
    canvas.grant("client", ring.members, int(ring.rng.integers(0, len(CLIENTS))), 0.3)


def _write(ring: Ring, actors: I64) -> None:
    """Content: the campaign's template family, each actor with its own variants, and cover traffic."""
    canvas, op = ring.canvas, ring.op
    for number in range(op.templates):
        family = code(canvas.seed, Salt.TEMPLATE, op.campaign, 6_000_000_000 + number)
        variant = ring.rng.integers(0, op.variants, len(actors))
        canvas.grant("template", actors, family + variant, 1.0 / (1 + number))


def _mask(actors: Actors, rows: I64, op: Operator) -> None:
    """Set how much of these actors' traffic is the campaign's, popular texts and other cover."""
    actors.granted_share[rows] = 1.0 - op.cover_share
    actors.popular_share[rows] = 0.7 * op.cover_share
    actors.own_share[rows] = 0.1 * op.cover_share


def _work(ring: Ring) -> None:
    """Rhythm: volume and its evenness, hours, ramp, and the move to a new model."""
    actors, op, members = ring.canvas.actors, ring.op, ring.members
    _mask(actors, members, op)
    spread = ring.rng.lognormal(-0.5 * op.load_sigma**2, op.load_sigma, len(members))
    # Those who hide keep the volume that their plan's customers have, and are never idle.
    plain = np.maximum(actors.rate[members], 0.3)
    actors.rate[members] = plain if op.volume is None else op.volume * spread
    actors.ramp[members] = op.ramp
    if op.hours == "round_clock":
        actors.profile[members] = Profile.FLAT
        actors.noise[members] = 0.0
    elif op.hours == "office":
        actors.profile[members] = Profile.OFFICE
    else:
        plans = [
            ring.canvas.schedule(_bursts(ring.canvas.days, n, op.shifts, ring.rng)) for n in range(op.shifts)
        ]
        actors.schedule[members] = np.array(plans)[ring.split(max(1, len(members) // op.shifts)) % op.shifts]
    if op.pivot:
        wait = ring.rng.uniform(0.5, 24.0, len(members)) * 3_600
        actors.adopts[members] = (release_second(ring.canvas.days) + wait).astype(np.int64)


def _bursts(days: int, shift: int, shifts: int, rng: np.random.Generator) -> F64:
    """Hours of the window in which jobs run: a few narrow ones on most days, inside the shift."""
    hours = np.full((days, 24), 0.02)
    low, length = shift * 24 // shifts, 24 // shifts
    for day in np.flatnonzero(rng.random(days) < 0.85):
        jobs = low + rng.integers(0, length, max(2, 6 // shifts))
        hours[day, jobs] = rng.gamma(2.0, 1.0, len(jobs)) + 0.3
    return hours.ravel()


def _replacements(op: Operator, size: int, rng: np.random.Generator) -> tuple[I64, I64]:
    """Places of members that get banned and are replaced, and of the members that replace them."""
    count = min(round(op.banned * op.replaced * size), size // 3)
    places = rng.permutation(size)
    return places[:count], places[count : 2 * count]


def _get_banned(ring: Ring) -> None:
    """Bans: some members end early; a replacement signs up within hours and begins at once."""
    canvas, members = ring.canvas, ring.members
    spare = np.setdiff1d(np.arange(len(members)), np.concatenate([ring.old, ring.new]))
    alone = spare[ring.rng.random(len(spare)) < ring.op.banned * (1 - ring.op.replaced)]
    gone = members[np.concatenate([ring.old, alone])]
    begin = canvas.actors.start[gone].astype(np.int64)
    # A ban early enough in its day leaves the rest of that day to the replacement.
    latest = canvas.window - 2 * DAY
    drawn = begin + (ring.rng.uniform(0.15, 0.8, len(gone)) * np.maximum(latest - begin, DAY)).astype(
        np.int64
    )
    at = drawn // DAY * DAY + ring.rng.integers(7, 15, len(gone)) * 3_600
    at = np.where(at <= begin, at + DAY, at)
    canvas.enforce(gone, at, "ban")
    replacing = members[ring.new]
    hours = ring.rng.integers(600, 8 * 3_600, len(replacing))
    canvas.register(replacing, at[: len(replacing)] + hours)


def _borrow(ring: Ring, victims: I64, exits: int) -> None:
    """Stolen accounts: for a few days the ring uses the credentials of innocents."""
    canvas, op = ring.canvas, ring.op
    if not len(victims):
        return
    count = len(victims)
    canvas.register(victims, -ring.rng.integers(30 * DAY, 400 * DAY, count))
    canvas.actors.rate[victims] = np.maximum(canvas.actors.rate[victims], 0.6)
    canvas.accounts.role[victims] = 2
    canvas.accounts.ring[victims] = ring.number
    canvas.accounts.campaign[victims] = op.campaign
    thief = canvas.actors.rows(victims)
    thief.start[:] = (ring.rng.uniform(0.2, 0.7, count) * canvas.window).astype(np.int32)
    thief.end[:] = np.minimum(thief.start + ring.rng.integers(2 * DAY, 5 * DAY, count), canvas.window)
    thief.rate[:] = 1.5 * canvas.window / (thief.end - thief.start)
    thief.profile[:], thief.noise[:], thief.ramp[:] = Profile.FLAT, 0.0, False
    thief.adopts[:] = NEVER
    thief.own[:] = Own.DEVICES
    thief.device_share[:] = 0.5
    _mask(thief, np.arange(count), op)
    ids = canvas.borrow(thief)
    canvas.grant("client", ids, op.client or 0)
    private = canvas.addresses.take("residential", np.resize(op.countries, count))
    canvas.grant("ip", ids, exits or private)
    _write(ring, ids)


def _one(options: tuple[tuple[_T, float], ...], rng: np.random.Generator) -> _T:
    weights = np.array([weight for _, weight in options])
    return options[int(rng.choice(len(options), p=weights / weights.sum()))][0]


def _between(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _whole(span: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(span[0], span[1] + 1))
