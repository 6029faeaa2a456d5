"""What rings do: their rhythm, their bans and replacements, failover, stolen keys; and planting all of them."""

import numpy as np

from linkage.simulate import knobs
from linkage.simulate.canvas import Canvas, Planned, release_second
from linkage.simulate.codes import F64, I64
from linkage.simulate.levels import Level
from linkage.simulate.operators import Operator, draw_operator, ring_sizes
from linkage.simulate.people import DAY, LAST_WEEKDAY, NEVER, Actors, Own, Profile
from linkage.simulate.personas import pass_for_customers, templated
from linkage.simulate.rings import Ring, connect, equip, family, invite, pay, register, write


def plant_operators(
    canvas: Canvas, free: I64, level: Level, largest: float, fraud: float, rng: np.random.Generator
) -> int:
    """Lay every ring on accounts from `free` (in its order), in all a share `fraud`; the number of rings."""
    wanted = max(9, round(fraud * len(canvas.accounts))) if fraud else 0
    sizes = ring_sizes(wanted, largest, rng) if wanted else []
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
    """Turn plain accounts into this ring; the code of its first pool of exits (0: it has none)."""
    accounts = ring.canvas.accounts
    accounts.ring[ring.members] = ring.number
    accounts.campaign[ring.members] = ring.op.campaign
    accounts.style[ring.members] = ring.canvas.style(ring.op.style)
    accounts.role[ring.members] = 1
    if ring.op.persona:
        pass_for_customers(ring.canvas, ring.members, ring.rng)
    register(ring)
    pay(ring)
    exits = connect(ring)
    equip(ring)
    write(ring, ring.members)
    _work(ring)
    _get_banned(ring)
    invite(ring)
    if ring.op.failover:
        _fail_over(ring)
    return exits


def _mask(actors: Actors, rows: I64, op: Operator, share: F64 | float = 1.0) -> None:
    """Set how much of these actors' traffic is the campaign's; the cover is public prompts or a customer's mix.

    `share` of the traffic may carry templates at all: where that is little, the campaign's part is smaller.
    """
    granted = np.minimum(1.0 - op.cover_share, share)
    popular = np.minimum(op.popular_cover * op.cover_share, share - granted)
    actors.granted_share[rows], actors.popular_share[rows] = granted, popular
    # A customer's own texts as far as the campaign leaves room: `own_share` is of what is left.
    rest = np.maximum(1.0 - granted - popular, 1e-9)
    actors.own_share[rows] = (share - granted - popular) / rest if op.persona else 0.3


def _work(ring: Ring) -> None:
    """Rhythm: volume and its evenness, hours, ramp, and the move to a new model."""
    actors, op, members = ring.canvas.actors, ring.op, ring.members
    _mask(actors, members, op, templated(ring.canvas, members) if op.persona else 1.0)
    spread = ring.rng.lognormal(-0.5 * op.load_sigma**2, op.load_sigma, len(members))
    # Those who hide keep the volume that their plan's customers have, and are never idle.
    plain = np.maximum(actors.rate[members], op.least_volume)
    actors.rate[members] = plain if op.volume is None else op.volume * spread
    if not op.persona:
        actors.ramp[members] = op.ramp
        actors.bursty[members] = False
    actors.grid[members] *= op.persona
    if op.hours == "round_clock":
        actors.profile[members] = Profile.FLAT
        actors.noise[members] = 0.0
    elif op.hours == "office":
        actors.profile[members] = Profile.OFFICE
    elif op.hours == "bursts":
        plans = [
            ring.canvas.schedule(_bursts(ring.canvas.days, n, op.shifts, ring.rng)) for n in range(op.shifts)
        ]
        actors.schedule[members] = np.array(plans)[ring.split(max(1, len(members) // op.shifts)) % op.shifts]
        actors.jitter[members] = op.jitter_seconds
    if op.pivot_share:
        movers = members[ring.some(op.pivot_share)]
        wait = ring.rng.uniform(0.5, 24.0, len(movers)) * 3_600
        actors.adopts[movers] = (release_second(ring.canvas.days) + wait).astype(np.int64)


def _bursts(days: int, shift: int, shifts: int, rng: np.random.Generator) -> F64:
    """Hours of the window in which jobs run: a few narrow ones on most days, inside the shift."""
    hours = np.full((days, 24), 0.02)
    low, length = shift * 24 // shifts, 24 // shifts
    # Jobs run on most days, and on half of the weekends' days.
    weekend = (np.arange(days) - days + 1 + LAST_WEEKDAY) % 7 >= 5
    for day in np.flatnonzero(rng.random(days) < np.where(weekend, 0.45, 0.9)):
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


def _fail_over(ring: Ring) -> None:
    """After a 429 the same text goes out on another account within seconds."""
    count = max(1, round(0.1 * len(ring.members)))
    at = (ring.rng.uniform(0.05, 0.99, count) * ring.canvas.window).astype(np.int64)
    busy = ring.members[
        ring.canvas.actors.rate[ring.members] >= np.median(ring.canvas.actors.rate[ring.members])
    ]
    fail_over(ring.canvas, busy, at, np.full(count, family(ring, 0)), ring.rng)


def fail_over(canvas: Canvas, members: I64, at: I64, template: I64, rng: np.random.Generator) -> None:
    """Plan for each second a refused exchange of one of the accounts and its success on another."""
    if len(members) < 2:
        return
    first = rng.integers(0, len(members), len(at))
    second = (first + rng.integers(1, len(members), len(at))) % len(members)
    canvas.planned.append(Planned(members[first], at, template, np.full(len(at), 429)))
    again = np.minimum(at + rng.integers(2, 30, len(at)), canvas.window - 1)
    canvas.planned.append(Planned(members[second], again, template, np.full(len(at), 200)))


def _borrow(ring: Ring, victims: I64, exits: int) -> None:
    """Stolen keys: for a few days the ring uses the credentials of innocents."""
    canvas, op = ring.canvas, ring.op
    if not len(victims):
        return
    count = len(victims)
    canvas.register(victims, -ring.rng.integers(30 * DAY, 400 * DAY, count))
    canvas.actors.rate[victims] = np.maximum(canvas.actors.rate[victims], 0.6)
    canvas.accounts.role[victims] = 2
    canvas.accounts.ring[victims] = ring.number
    canvas.accounts.style[victims] = canvas.accounts.style[ring.members[0]]
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
    write(ring, ids)
