"""An ideal detector that is told the truth about everything but the account it looks at: the ceiling of every figure.

Two steps, both described in docs/quality.md. `owned` joins members of one party that share an identifier which is
that party's alone. `oracle` goes on from these cells: each is held against the rest of its ring, and every innocent
against every ring, by the ring's true mixture of own and common values and its true hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.evaluate.groups import components
from linkage.evaluate.observe import World
from linkage.evaluate.tallies import FloatArray
from linkage.evaluate.truth import NONE, IntArray, with_columns
from linkage.identifiers.keys import Unkeyed

# A value is a ring's own rather than the public's when it is that many times as common there: below, what customers of
# one country and plan have in common would be held for the ring's.
LIFT = 8.0
# These follow from an address or a client (its user agent) that is counted already.
DEPENDENT = ("subnet", "asn", "tls", "tools", "system_prompt")
# One member more or less in an hour says little: two sightings of prior weight, and at most three bits an hour.
TIMING_PRIOR = 2.0
TIMING_MOST = 3.0
# Whoever is further from even odds than this before the hours are looked at is not asked for them: no innocent's hours
# speak so loudly, and all units with all of their hours would take most of the time.
TIMING_REACH = 30.0
MOST_SHARE = 0.95
_ROUNDS = 30
_NOBODYS = pa.table({name: pa.array([], pa.string()) for name in ("kind", "value", "owner")})


@dataclass(frozen=True)
class Ceiling:
    """A group number for each account of the source; accounts that the ideal detector leaves alone have their own."""

    owned: IntArray
    oracle: IntArray


def ceiling(world: World, labels: pa.Table, owners: pa.Table | None = None) -> Ceiling:
    """The two ceilings. `owners` (kind, value, owner) says whose each identifier is; without it the data do.

    A value counts as a party's alone where the simulator says so; one that it does not name, where nobody else holds
    it.
    """
    warehouse = world.warehouse
    warehouse.register("labels", with_columns(labels, "ring_id", "role", "campaign_id"))
    warehouse.run("evaluate/truth")
    warehouse.run("evaluate/party")
    ring = np.full(world.accounts, NONE, dtype=np.int64)
    party = warehouse.arrow("SELECT account, ring FROM party")
    there = party["account"].to_numpy()
    ring[there] = party["ring"].fill_null(NONE).to_numpy()
    cell = _cells(world, owners)
    # Innocents are units of one account; a cell is a unit of its own, numbered behind them.
    unit = np.where(ring != NONE, world.accounts + cell, np.arange(world.accounts))
    warehouse.register(
        "unit",
        pa.table(
            {
                "account": pa.array(there, pa.int32()),
                "unit": pa.array(unit[there], pa.int64()),
                "ring": pa.array(ring[there], pa.int32(), mask=ring[there] == NONE),
            }
        ),
    )
    return Ceiling(owned=unit, oracle=_attached(world, ring, unit))


def _cells(world: World, owners: pa.Table | None) -> IntArray:
    """Components of members over the identifiers that are their own party's."""
    world.warehouse.register("told_owner", _canonical(world, _NOBODYS if owners is None else owners))
    held = world.warehouse.query("evaluate/owned")
    value = world.accounts + held["identifier"].to_numpy().astype(np.int32)
    vertices = world.accounts + world.warehouse.rows("identifier")
    label = components(vertices, held["account"].to_numpy().astype(np.int32), value)
    return label[: world.accounts].astype(np.int64)


def _canonical(world: World, owners: pa.Table) -> pa.Table:
    """Owned values by their canonical keys, sealed as the run would."""
    kinds, keys, names = [], [], []
    for kind, value, owner in zip(
        *(owners[name].to_pylist() for name in ("kind", "value", "owner")), strict=True
    ):
        if kind in world.kinds.by_name and (key := world.kinds.by_name[kind].clean(str(value))):
            kinds.append(kind)
            keys.append(key)
            names.append(owner or None)
    for name in sorted(set(kinds)):
        if world.kinds.by_name[name].sealed:
            places = [place for place, kind in enumerate(kinds) if kind == name]
            fingerprints = Unkeyed().fingerprints(name, pa.array([keys[place] for place in places]))
            for place, key in zip(places, fingerprints.to_pylist(), strict=True):
                keys[place] = key
    text = pa.string()
    return pa.table(
        {"kind": pa.array(kinds, text), "key": pa.array(keys, text), "owner": pa.array(names, text)}
    )


def _attached(world: World, ring: IntArray, unit: IntArray) -> IntArray:
    """Units joined to the ring that their values and hours speak for, at even odds or better."""
    warehouse = world.warehouse
    dependent = [number for number, kind in enumerate(world.kinds) if kind.name in DEPENDENT]
    warehouse.register("dependent_kind", pa.table({"kind": pa.array(dependent, pa.uint16())}))
    for name in ("line", "unit_total", "ring_value"):
        warehouse.run(f"evaluate/{name}")
    warehouse.register("share", _shares(warehouse.query("evaluate/member_ratio")))
    warehouse.run("evaluate/candidate", lift=LIFT)
    bits = warehouse.arrow("SELECT unit, ring, own, bits FROM candidate ORDER BY unit, ring")
    which, of_ring = bits["unit"].to_numpy(), bits["ring"].to_numpy().astype(np.int64)
    own = bits["own"].to_numpy(zero_copy_only=False)
    total = bits["bits"].to_numpy().astype(np.float64)
    # Before any evidence an account is one of the ring's as often as the ring is of all.
    size = np.bincount(ring[ring != NONE], minlength=int(of_ring.max(initial=-1)) + 1)
    units = np.bincount(unit)
    rest = np.where(own, size[of_ring] - units[which], size[of_ring])
    total += np.log2(np.maximum(rest, 0.5) / world.accounts)
    near = own | (total >= -TIMING_REACH)
    warehouse.register("contender", bits.select(["unit", "ring", "own"]).filter(pa.array(near)))
    total[near] += _timing(world, which[near], of_ring[near])
    order = np.lexsort((of_ring, -total, which))
    first = order[np.append(True, np.diff(which[order]) != 0)] if len(order) else order
    best = first[total[first] >= 0]
    following = int(unit.max(initial=0)) + 1
    group_of = np.arange(following, dtype=np.int64)
    group_of[which[best]] = following + of_ring[best]
    for anchor, number in zip(*_anchors(ring, unit), strict=True):
        group_of[anchor] = following + number
    return group_of[unit]


def _anchors(ring: IntArray, unit: IntArray) -> tuple[IntArray, IntArray]:
    """Each ring's largest cell, to which the others come; and the ring."""
    member = ring != NONE
    cells, first, size = np.unique(unit[member], return_index=True, return_counts=True)
    of_ring = ring[member][first]
    order = np.lexsort((cells, -size, of_ring))
    rings, place = np.unique(of_ring[order], return_index=True)
    return cells[order][place], rings


def _shares(lines: pa.Table) -> pa.Table:
    """True m by ring and kind: the share of members' values that are of the ring's own stock, by maximum likelihood.

    A member's value is the ring's with chance `share`, else anybody's; expectation and maximisation in turn.
    """
    ring, kind = lines["ring"].to_numpy().astype(np.int64), lines["kind"].to_numpy().astype(np.int64)
    ratio: FloatArray = lines["ratio"].to_numpy().astype(np.float64)
    groups, place = np.unique(ring * 1_000 + kind, return_inverse=True)
    count = np.maximum(np.bincount(place, minlength=len(groups)), 1)
    share = np.full(len(groups), 0.5)
    for _ in range(_ROUNDS):
        own = share[place] * ratio
        share = np.bincount(place, own / (own + 1 - share[place]), len(groups)) / count
        share = np.clip(share, 1e-6, MOST_SHARE)
    return pa.table(
        {
            "ring": pa.array(groups // 1_000, pa.int32()),
            "kind": pa.array(groups % 1_000, pa.uint16()),
            "share": share,
        }
    )


def _timing(world: World, unit: IntArray, ring: IntArray) -> FloatArray:
    """Bits from the hours, for each candidate in its order; zero where the source has none."""
    warehouse = world.warehouse
    if not world.dated:
        return np.zeros(len(unit))
    warehouse.run("evaluate/moment")
    timing = warehouse.query("evaluate/timing", prior=TIMING_PRIOR, most=TIMING_MOST)
    width = int(ring.max(initial=0)) + 1
    place = timing["unit"].to_numpy().astype(np.int64) * width + timing["ring"].to_numpy()
    wanted = unit.astype(np.int64) * width + ring
    found = np.searchsorted(place, wanted)
    inside = np.minimum(found, max(len(place) - 1, 0))
    bits = timing["bits"].to_numpy().astype(np.float64)
    if not len(place):
        return np.zeros(len(unit))
    return np.where(place[inside] == wanted, bits[inside], 0.0)
