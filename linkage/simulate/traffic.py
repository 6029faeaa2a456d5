"""Drawing traffic: when actors come, from where and with what, and what they send."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from linkage.simulate.addresses import V6
from linkage.simulate.base import World, bag
from linkage.simulate.canvas import release_second
from linkage.simulate.catalog import MODELS
from linkage.simulate.codes import F64, I64, Salt, below, code, unit
from linkage.simulate.knobs import PLAIN, SESSION_LENGTH
from linkage.simulate.people import DAY, LAST_WEEKDAY, NO_CHANNEL

_LONGEST_SESSION = 60
_LONGEST_GAP = 900_000
#: Share of sessions by the second access channel, of those who have one.
_OTHER_CHANNEL = 0.3
#: Points of the day between which a bursty actor's sessions of one day are split.
_BURSTS = 3
_REFUSED, _BAD, _BROKEN = 0.02, 0.01, 0.005

#: Hours of use in local time, one row a profile, and how much of a weekday's use a weekend day has.
_HOURS = np.array(
    [
        [12, 7, 3, 2, 2, 3, 6, 10, 14, 16, 17, 18, 19, 19, 19, 20, 22, 26, 32, 38, 42, 40, 32, 20],
        [1, 1, 0, 0, 0, 1, 3, 10, 30, 50, 55, 50, 35, 45, 52, 50, 45, 30, 13, 8, 7, 6, 4, 2],
        [18, 11, 6, 3, 1, 1, 2, 5, 10, 20, 25, 26, 20, 24, 28, 30, 30, 26, 26, 30, 36, 40, 38, 28],
        [50, 46, 38, 26, 15, 7, 3, 2, 2, 3, 5, 7, 10, 12, 13, 15, 16, 18, 20, 24, 30, 38, 46, 50],
        [1] * 24,
    ],
    dtype=np.float64,
)  # fmt: skip
_HOUR_SUMS = np.cumsum(_HOURS / _HOURS.sum(axis=1, keepdims=True), axis=1) + np.arange(5)[:, None]
_WEEKEND = np.array([1.1, 0.12, 0.8, 1.0, 1.0])


@dataclass(frozen=True)
class Sessions:
    """Sessions in order of time; `owner` is a place in the actors drawn, `at` milliseconds of the window.

    `pathway` is the access channel; `template` and `status` are those of a session that a story planned, which
    has one exchange (status 0: not planned).
    """

    owner: I64
    at: I64
    address: I64
    device: I64
    client: I64
    credential: I64
    pathway: I64
    template: I64
    status: I64


@dataclass(frozen=True)
class Exchanges:
    """Exchanges in order of time; `session` is a place in the sessions, template 0 a free text."""

    session: I64
    at: I64
    template: I64
    model: I64
    input_tokens: I64
    output_tokens: I64
    status: I64
    number: I64


def draw_sessions(world: World, ids: I64, rng: np.random.Generator) -> Sessions:
    """All sessions of these actors (`ids`: actor numbers)."""
    actors = world.actors
    days = _day_weights(world, ids, rng)
    span = (actors.end[ids] - actors.start[ids]) / world.canvas.window
    expected = np.where(days.sum(axis=1) > 0, actors.rate[ids] * np.maximum(span, 0) / SESSION_LENGTH, 0.0)
    owner = np.repeat(np.arange(len(ids)), rng.poisson(expected))
    seconds = _seconds(world, ids, owner, days, rng)
    owner, seconds, template, status = _with_planned(world, ids, owner, seconds)
    actor = ids[owner]
    address = bag(world, "ip", ids).draw(owner, seconds, rng)
    device = bag(world, "device", ids).draw(owner, seconds, rng)
    device[rng.random(len(owner)) >= actors.device_share[actor]] = 0
    key = below(3, rng.random(len(owner)) ** 4)
    address = world.canvas.pools.resolve(world.seed, address, actor, seconds)
    # A device shows another interface of its home's prefix each day.
    six = np.flatnonzero(address >= V6)
    address[six] += 1 + below(65_535, unit(world.seed, Salt.ROTATION, actor[six], seconds[six] // DAY))
    return Sessions(
        owner=owner,
        at=seconds * 1_000 + rng.integers(0, 1_000, len(owner)),
        address=address,
        device=device,
        client=bag(world, "client", ids).draw(owner, seconds, rng),
        credential=code(world.seed, Salt.CREDENTIAL, actors.account[actor], key),
        pathway=_channels(world, actor, rng),
        template=template,
        status=status,
    )


def _with_planned(world: World, ids: I64, owner: I64, seconds: I64) -> tuple[I64, I64, I64, I64]:
    """The sessions drawn and those that stories planned for these actors, in order of time."""
    plans = world.planned
    place = np.minimum(np.searchsorted(ids, plans.actor), len(ids) - 1)
    mine = np.flatnonzero(ids[place] == plans.actor)
    none = np.zeros(len(owner), dtype=np.int64)
    owner = np.concatenate([owner, place[mine]])
    seconds = np.concatenate([seconds, plans.at[mine]])
    order = np.argsort(seconds, kind="stable")
    template = np.concatenate([none, plans.template[mine]])[order]
    return owner[order], seconds[order], template, np.concatenate([none, plans.status[mine]])[order]


def _channels(world: World, actor: I64, rng: np.random.Generator) -> I64:
    """The access channel of each session: the account's pathway, or now and then the second one."""
    usual = world.canvas.accounts.pathway[world.actors.account[actor]]
    second = world.actors.channel[actor]
    other = (second != NO_CHANNEL) & (rng.random(len(actor)) < _OTHER_CHANNEL)
    return np.where(other, second, usual).astype(np.int64)


def draw_exchanges(
    world: World, ids: I64, sessions: Sessions, first: int, rng: np.random.Generator
) -> Exchanges:
    """What is sent in the sessions; exchanges are numbered from `first`."""
    length = np.minimum(rng.geometric(1 / SESSION_LENGTH, len(sessions.at)), _LONGEST_SESSION)
    length[sessions.status > 0] = 1
    session = np.repeat(np.arange(len(length)), length)
    begin = np.cumsum(length) - length
    gap = np.minimum(rng.exponential(75_000, len(session)), _LONGEST_GAP).astype(np.int64) + 400
    gap[begin] = 0
    passed = np.cumsum(gap)
    at = sessions.at[session] + passed - passed[begin][session]
    # A session that runs past the account's end, or the as-of date, is cut there.
    kept = at < world.actors.end[ids[sessions.owner]].astype(np.int64)[session] * 1_000
    order = np.argsort(at[kept], kind="stable")
    session, at = session[kept][order], at[kept][order]
    owner = sessions.owner[session]
    planned = sessions.status[session]
    template = _templates(world, ids, owner, at // 1_000, rng)
    template = np.where(planned > 0, sessions.template[session], template)
    status = _statuses(world, ids[owner], rng)
    tokens_in, tokens_out = _tokens(world, ids[owner], template, rng)
    return Exchanges(
        session=session,
        at=at,
        template=template,
        model=_models(world, ids[owner], at // 1_000, rng),
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        status=np.where(planned > 0, planned, status),
        number=first + np.arange(len(at), dtype=np.int64),
    )


def _statuses(world: World, actor: I64, rng: np.random.Generator) -> I64:
    """Status of each exchange: some users meet the rate limit far more often than others."""
    sigma = PLAIN.refusal_sigma
    often = np.exp(
        sigma * ndtri(np.clip(unit(world.seed, Salt.HABIT, actor, 5), 1e-6, 1 - 1e-6)) - sigma**2 / 2
    )
    draw, refused = rng.random(len(actor)), np.minimum(_REFUSED * often, 0.5)
    rules = (draw < refused, draw > 1 - _BAD, draw > 1 - _BAD - _BROKEN)
    return np.select(rules, (429, 400, 500), 200)


def _day_weights(world: World, ids: I64, rng: np.random.Generator) -> F64:
    """How the volume of each actor falls on days (actors x days), zero outside its time."""
    actors, days = world.actors, np.arange(world.canvas.days)
    start, end = actors.start[ids, None].astype(np.int64), actors.end[ids, None].astype(np.int64)
    inside = np.minimum(end, (days + 1) * DAY) - np.maximum(start, days * DAY)
    weights = np.maximum(inside, 0) / DAY
    weekend = (days - len(days) + 1 + LAST_WEEKDAY) % 7 >= 5
    weights *= np.where(weekend, _WEEKEND[actors.profile[ids]][:, None], 1.0)
    weights[:, release_second(world.canvas.days) // DAY] *= PLAIN.release_surge
    noise = actors.noise[ids, None]
    shape = np.maximum(noise, 0.2)
    weights *= np.where(noise > 0, rng.standard_gamma(shape, weights.shape) / shape, 1.0)
    young = (start > 0) & actors.ramp[ids, None]
    weights *= np.where(young, np.clip((days - start // DAY + 1) / 14, 0.1, 1.0), 1.0)
    # Whoever works evenly is a machine and takes no holiday.
    away = (unit(world.seed, Salt.HABIT, ids, 1) < PLAIN.holiday_share)[:, None] & (noise > 0) & (noise < 10)
    leave = (unit(world.seed, Salt.HABIT, ids, 2) * len(days)).astype(np.int64)[:, None]
    length = 4 + below(9, unit(world.seed, Salt.HABIT, ids, 3))[:, None]
    weights[away & (days >= leave) & (days < leave + length)] = 0.0
    return np.asarray(weights)


def _seconds(world: World, ids: I64, owner: I64, days: F64, rng: np.random.Generator) -> I64:
    """A second of the window for each session, inside its actor's time."""
    actor = ids[owner]
    scheduled = world.actors.schedule[actor] >= 0
    begin, length = np.empty(len(owner), dtype=np.int64), np.full(len(owner), DAY)
    drawn = np.empty(len(owner), dtype=np.int64)
    rows = np.flatnonzero(~scheduled)
    day = _day(days, owner[rows], rng)
    begin[rows] = day * DAY
    drawn[rows] = begin[rows] + _time_of_day(world, actor[rows], day, rng)
    rows = np.flatnonzero(scheduled)
    begin[rows] = _scheduled_hour(world, actor[rows], rng) * 3_600
    length[rows] = 3_600 + world.actors.jitter[actor[rows]]
    drawn[rows] = begin[rows] + (rng.random(len(rows)) * length[rows]).astype(np.int64)
    low = np.maximum(begin, world.actors.start[actor])
    high = np.maximum(np.minimum(begin + length, world.actors.end[actor]), low + 1)
    # The first and last day of an actor are cut: a time that falls outside is drawn again inside.
    again = low + (rng.random(len(owner)) * (high - low)).astype(np.int64)
    drawn = np.where((drawn < low) | (drawn >= high), again, drawn)
    # A job on the hour starts some seconds late, when its turn in the queue comes.
    grid = np.maximum(world.actors.grid[actor].astype(np.int64), 1)
    sharp = drawn // grid * grid + rng.integers(0, 20, len(drawn))
    return np.where((grid > 1) & (sharp >= low) & (sharp < high), sharp, drawn)


def _day(days: F64, owner: I64, rng: np.random.Generator) -> I64:
    """A day for each owner, by its row of weights."""
    sums = np.cumsum(days, axis=1)
    sums /= np.maximum(sums[:, -1:], 1e-12)
    sums += np.arange(len(days))[:, None]
    found = (
        np.searchsorted(sums.ravel(), owner + rng.random(len(owner)), side="right") - owner * days.shape[1]
    )
    return np.asarray(np.minimum(found, days.shape[1] - 1), dtype=np.int64)


def _time_of_day(world: World, actor: I64, day: I64, rng: np.random.Generator) -> I64:
    """Seconds of the UTC day, by the actor's profile in its own hours."""
    profile = world.actors.profile[actor].astype(np.int64)
    level = rng.random(len(actor))
    bursty = np.flatnonzero(world.actors.bursty[actor])
    which = rng.integers(0, _BURSTS, len(bursty))
    level[bursty] = unit(world.seed, Salt.HABIT, actor[bursty], day[bursty], which)
    hour = np.searchsorted(_HOUR_SUMS.ravel(), profile + level, side="right") - profile * 24
    local = np.minimum(hour, 23) * 3_600 + rng.integers(0, 3_600, len(actor))
    ahead = world.actors.utc_offset[actor].astype(np.int64) * 3_600
    return np.asarray((local - ahead) % DAY, dtype=np.int64)


def _scheduled_hour(world: World, actor: I64, rng: np.random.Generator) -> I64:
    """An hour of the window by the actor's schedule, inside the actor's time."""
    sums, which = world.schedules, world.actors.schedule[actor].astype(np.int64)
    first = world.actors.start[actor].astype(np.int64) // 3_600
    last = np.maximum(-(-world.actors.end[actor].astype(np.int64) // 3_600), first + 1)
    low, high = sums[which, first], sums[which, last]
    level = (low + rng.random(len(actor)) * (high - low)) / sums[which, -1]
    flat = sums / sums[:, -1:] + np.arange(len(sums))[:, None]
    hour = np.searchsorted(flat.ravel(), which + level, side="right") - 1 - which * sums.shape[1]
    return np.asarray(np.clip(hour, first, last - 1), dtype=np.int64)


def _templates(world: World, ids: I64, owner: I64, seconds: I64, rng: np.random.Generator) -> I64:
    """A template code for each exchange: granted, popular, the actor's own, or none (0)."""
    actors, seed, actor = world.actors, world.seed, ids[owner]
    draw = rng.random(len(owner))
    granted = actors.granted_share[actor]
    popular = granted + actors.popular_share[actor]
    own = popular + actors.own_share[actor] * np.maximum(1 - popular, 0)
    out = np.zeros(len(owner), dtype=np.int64)
    rows = np.flatnonzero(draw < granted)
    out[rows] = bag(world, "template", ids).draw(owner[rows], seconds[rows], rng)
    rows = np.flatnonzero((draw >= granted) & (draw < popular))
    # Each has four favourites among the popular ones, whose use falls off as one over their rank.
    taste = unit(seed, Salt.FAVOURITE, actor[rows], rng.integers(0, 4, len(rows)))
    rank = np.minimum(np.exp(taste * np.log(PLAIN.popular_templates)), PLAIN.popular_templates)
    out[rows] = code(seed, Salt.TEMPLATE, 0, 88_000 + rank.astype(np.int64))
    rows = np.flatnonzero((draw >= popular) & (draw < own))
    many = 2 + below(14, unit(seed, Salt.OWN_TEXT, actor[rows], -1))
    which = below(many, rng.random(len(rows)) ** 2)
    out[rows] = code(seed, Salt.OWN_TEXT, actor[rows], which)
    return out


def _tokens(world: World, actor: I64, template: I64, rng: np.random.Generator) -> tuple[I64, I64]:
    """Input and output tokens: around a template's own means or anywhere, times what its user puts into it."""
    free = template == 0
    size = np.where(free, rng.random(len(template)), unit(0, Salt.TOKENS, template >> 8, 1))
    answer = np.where(free, rng.random(len(template)), unit(0, Salt.TOKENS, template >> 8, 2))
    spread = rng.standard_normal((2, len(template)))
    payload = PLAIN.payload_sigma * ndtri(np.clip(unit(world.seed, Salt.TOKENS, actor), 1e-6, 1 - 1e-6))
    tokens_in = np.exp(5.6 + 1.8 * size + payload + 0.45 * spread[0]) + 60
    tokens_out = np.exp(4.2 + 2.1 * answer + 0.6 * payload + 0.55 * spread[1]) + 1
    return tokens_in.astype(np.int64), tokens_out.astype(np.int64)


def _models(world: World, actor: I64, seconds: I64, rng: np.random.Generator) -> I64:
    """The model of each exchange: the actor's, another now and then, and the newest once it is adopted."""
    newest = len(MODELS) - 1
    out = world.actors.model[actor].astype(np.int64)
    fickle = rng.random(len(out)) < PLAIN.model_fickle
    out[fickle] = rng.integers(0, newest, int(fickle.sum()))
    fits = seconds >= world.actors.adopts[actor]
    out[fits & (rng.random(len(out)) < 0.9)] = newest
    # A few try the newest model on its first days without staying.
    curious = (seconds >= release_second(world.canvas.days)) & (rng.random(len(out)) < 0.03)
    out[curious] = newest
    return out
