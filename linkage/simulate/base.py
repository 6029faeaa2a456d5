"""The finished world, and what its actors hold: their own things and those that stories granted.

What a plain user owns is a hash of the user, so it is worked out for the actors at hand and never stored.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.simulate.addresses import home6
from linkage.simulate.canvas import KINDS, Canvas, Planned
from linkage.simulate.catalog import CLIENTS, PLANS, SERVERS
from linkage.simulate.codes import F64, I64, Bools, Salt, below, choose, code, unit
from linkage.simulate.held import Bag, Held
from linkage.simulate.knobs import PLAIN
from linkage.simulate.people import DAY, Actors, Own

_SHARES = [client.share for client in CLIENTS]


@dataclass(frozen=True)
class World:
    """A planned world, ready to be drawn: all actors, what was granted, common schedules as sums, fixed exchanges."""

    canvas: Canvas
    actors: Actors
    granted: dict[str, Held]
    schedules: F64
    planned: Planned

    @property
    def seed(self) -> int:
        """The world's seed."""
        return self.canvas.seed


def finish(canvas: Canvas, exchanges_per_account: float, fraud_share: float | None) -> World:
    """The canvas as a world whose expected exchanges are the given mean times the number of accounts.

    `fraud_share` of them are sent by rings from their own accounts (None: as many as the members' rates say).
    """
    actors = Actors.join([canvas.actors, *canvas.borrowers])
    span = (actors.end - actors.start).astype(np.float64) / canvas.window
    expected = actors.rate * np.maximum(span, 0.0)
    ring = canvas.accounts.role[actors.account] == 1
    if fraud_share is not None:
        scale = fraud_share / (1 - fraud_share) * float(expected[~ring].sum() / expected[ring].sum())
        actors.rate[ring] *= scale
        expected[ring] *= scale
    actors.rate *= exchanges_per_account * len(canvas.accounts) / float(expected.sum())
    granted = {kind: Held.join(canvas.granted[kind]) for kind in KINDS}
    weights = canvas.schedules or [np.ones(canvas.days * 24)]
    sums = np.cumsum(np.stack(weights), axis=1)
    return World(canvas, actors, granted, np.pad(sums, ((0, 0), (1, 0))), _planned(canvas, actors))


def _planned(canvas: Canvas, actors: Actors) -> Planned:
    """All planned exchanges that fall into their actors' time."""
    empty = np.empty(0, dtype=np.int64)
    parts = [Planned(empty, empty, empty, empty), *canvas.planned]
    actor, at, template, status = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("actor", "at", "template", "status")
    )
    good = np.flatnonzero((at >= actors.start[actor]) & (at < actors.end[actor]))
    return Planned(actor[good], at[good], template[good], status[good])


def bag(world: World, kind: str, ids: I64) -> Bag:
    """All that these actors hold of a kind, ready to draw from; actors numbered by their place in `ids`."""
    return Bag(holdings(world, kind, ids), len(ids))


def holdings(world: World, kind: str, ids: I64) -> Held:
    """All that these actors hold of a kind, sorted by their place in `ids`."""
    own = {"ip": _addresses, "device": _devices, "client": _clients, "card": _cards}.get(kind)
    parts = own(world, ids) if own else []
    return Held.join([*parts, world.granted[kind].of_owners(ids)])


def _flagged(world: World, ids: I64, flag: Own) -> I64:
    """Places in `ids` of the actors that still hold this of their own."""
    return np.flatnonzero(world.actors.own[ids] & np.uint8(flag))


def home_addresses(canvas: Canvas, accounts: I64, number: int) -> I64:
    """The first (0) or second (1) home address of plain accounts."""
    out = np.empty(len(accounts), dtype=np.int64)
    country = canvas.accounts.country[accounts]
    for one in np.unique(country):
        rows = np.flatnonzero(country == one)
        place = canvas.ordinal[accounts[rows]] + number * int(canvas.room[one])
        out[rows] = canvas.addresses.spaces["residential", int(one)].at(place)
    return out


def _addresses(world: World, ids: I64) -> list[Held]:
    canvas, seed = world.canvas, world.seed
    account = world.actors.account[ids]
    home = _flagged(world, ids, Own.HOME)
    moves = unit(seed, Salt.HOME, ids[home], 1) < PLAIN.move_share
    moved = np.where(moves, unit(seed, Salt.HOME, ids[home], 2) * canvas.window, canvas.window).astype(
        np.int64
    )
    second = home[moves]
    parts = [
        Held.of(home, home_addresses(canvas, account[home], 0), 1.0, 0, moved),
        Held.of(second, home_addresses(canvas, account[second], 1), 1.0, moved[moves]),
    ]
    parts += _prefixes(world, ids, home, moved)
    mobile, work = _flagged(world, ids, Own.MOBILE), _flagged(world, ids, Own.WORK)
    vpn, server = _flagged(world, ids, Own.VPN), _flagged(world, ids, Own.SERVER)
    draws = unit(seed, Salt.HOME, ids, 3)
    country = canvas.accounts.country[account]
    parts.append(Held.of(mobile, pick_by_country(canvas.mobile, country[mobile], draws[mobile]), 0.45))
    # Some offices are large: squaring the draw crowds the first ones.
    parts.append(Held.of(work, pick_by_country(canvas.offices, country[work], draws[work] ** 2), 0.6))
    parts.append(Held.of(vpn, np.array(canvas.vpn)[below(len(canvas.vpn), draws[vpn])], 0.4))
    space = canvas.addresses.spaces["hosting", 0]
    # A cloud worker's address is its own, or was another's last week: hosting space is small.
    parts.append(Held.of(server, space.at(below(space.capacity, draws[server])), 0.8))
    return parts


def home_prefixes(canvas: Canvas, accounts: I64, number: int) -> I64:
    """The IPv6 prefixes of the first (0) or second (1) homes of plain accounts."""
    country = canvas.accounts.country[accounts].astype(np.int64)
    return home6(country, canvas.ordinal[accounts] + number * canvas.room[country])


def _prefixes(world: World, ids: I64, home: I64, moved: I64) -> list[Held]:
    """Where a home's line has an IPv6 prefix, devices use it about as often as the IPv4 address."""
    canvas, account = world.canvas, world.actors.account[ids]
    dual = unit(world.seed, Salt.HOME, ids[home], 4) < PLAIN.v6_share
    owner, until = home[dual], moved[dual]
    again = until < canvas.window
    return [
        Held.of(owner, home_prefixes(canvas, account[owner], 0), 1.0, 0, until),
        Held.of(owner[again], home_prefixes(canvas, account[owner[again]], 1), 1.0, until[again]),
    ]


def pick_by_country(
    choices: list[I64] | list[list[int]], country: npt.NDArray[np.integer], draws: F64
) -> I64:
    """One of the choices of each country."""
    sizes = np.array([len(part) for part in choices])
    first = np.cumsum(sizes) - sizes
    flat = np.concatenate([np.asarray(part, dtype=np.int64) for part in choices])
    return np.asarray(flat[first[country] + below(sizes[country], draws)], dtype=np.int64)


def _devices(world: World, ids: I64) -> list[Held]:
    owner = _flagged(world, ids, Own.DEVICES)
    count = 1 + choose([0.55, 0.35, 0.10], unit(world.seed, Salt.DEVICE, ids[owner], 9))
    return [
        Held.of(owner[count > k], code(world.seed, Salt.DEVICE, ids[owner[count > k]], k), weight)
        for k, weight in enumerate((1.0, 0.5, 0.2))
    ]


def _clients(world: World, ids: I64) -> list[Held]:
    seed = world.seed
    owner = _flagged(world, ids, Own.CLIENTS)
    first = choose(_SHARES, unit(seed, Salt.OWN_CLIENT, ids[owner], 1))
    other = owner[unit(seed, Salt.OWN_CLIENT, ids[owner], 2) < 0.4]
    second = choose(_SHARES, unit(seed, Salt.OWN_CLIENT, ids[other], 3))
    private = owner[_builds(world, ids[owner])]
    server = np.array(SERVERS)[below(len(SERVERS), unit(seed, Salt.OWN_CLIENT, ids[private], 4))]
    return [
        Held.of(owner, first),
        Held.of(other, second, 0.4),
        Held.of(private, code(seed, Salt.OWN_CLIENT, ids[private]) + server, 2.0),
    ]


def _builds(world: World, ids: I64) -> Bools:
    """Who runs a product of its own, with its own system prompt and tools."""
    return unit(world.seed, Salt.OWN_CLIENT, ids, 5) < PLAIN.own_client_share


def _cards(world: World, ids: I64) -> list[Held]:
    paying = pays(world.canvas, world.actors.account[ids])
    owner = _flagged(world, ids, Own.CARD)
    owner = owner[paying[owner]]
    bins = choose(BIN_WEIGHTS, unit(world.seed, Salt.CARD, ids[owner], 1))
    second = owner[unit(world.seed, Salt.CARD, ids[owner], 2) < PLAIN.second_card_share]
    changed = (unit(world.seed, Salt.CARD, ids[second], 3) * world.canvas.days).astype(np.int64) * DAY
    return [
        Held.of(owner, code(world.seed, Salt.CARD, ids[owner]) + bins),
        Held.of(
            second,
            code(world.seed, Salt.CARD, ids[second], 7) + bins[np.searchsorted(owner, second)],
            1.0,
            changed,
        ),
    ]


def pays(canvas: Canvas, accounts: I64) -> Bools:
    """Whose plan needs a card, and who has one on file all the same."""
    needed = np.array([plan.card for plan in PLANS])[canvas.accounts.plan[accounts]]
    return np.asarray(needed | (unit(canvas.seed, Salt.CARD, accounts, 4) < PLAIN.free_card_share))


_ISSUERS = np.array([1.0 / (2 + rank) for rank in range(56)])
#: Popularity of the issuers; the last eight are virtual-card and prepaid programmes.
BIN_WEIGHTS = [
    *(_ISSUERS / _ISSUERS.sum() * (1 - PLAIN.virtual_share)).tolist(),
    *([PLAIN.virtual_share / 8] * 8),
]
