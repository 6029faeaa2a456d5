"""Borderline members: accounts whose membership rests on little, by what each shares with the rest of its ring.

The rest of the ring is taken for one account that holds all that its members hold: each identifier counts once, at its
best, with the discount inside a family.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.defence.ties import Ties, two_best
from linkage.links.holdings import FloatArray, LongArray
from linkage.links.kernels import FAMILIES
from linkage.links.rarity import families_bits
from linkage.numbering import counted, greatest, numbered

#: With fewer bits than this above the threshold an account is borderline: were two accounts of one party 32 times rarer
#: than the prior says, it would not be in.
BORDERLINE = 5.0
#: So many of a ring are told, the weakest.
TOLD = 5


@dataclass(frozen=True)
class Borderline:
    """An account and what ties it to its ring: bits in all, bits above the threshold, and how many edges.

    `rests_on` is the strongest identifier without which none of these edges would stand (−1: there is none).
    """

    account: int
    bits: float
    above: float
    edges: int
    rests_on: int


def borderline(ties: Ties, family: np.ndarray) -> dict[int, tuple[int, list[Borderline]]]:
    """For each ring with some, how many members are borderline, and the weakest of them."""
    bits = held_bits(ties, family)
    above = bits - ties.rule.threshold
    edges = _edges(ties)
    sole = _sole(ties, edges)
    chosen = np.flatnonzero((ties.ring[: ties.accounts] >= 0) & (edges > 0) & (above < BORDERLINE))
    order = chosen[np.lexsort((chosen, above[chosen], ties.ring[chosen]))]
    ring = ties.ring[order]
    found: dict[int, tuple[int, list[Borderline]]] = {}
    bounds = np.flatnonzero(np.diff(ring)) + 1
    for part in np.split(order, bounds):
        if len(part):
            told = [
                Borderline(
                    account=int(at),
                    bits=float(bits[at]),
                    above=float(max(above[at], 0.0)),
                    edges=int(edges[at]),
                    rests_on=int(sole[at]),
                )
                for at in part[:TOLD]
            ]
            found[int(ties.ring[part[0]])] = len(part), told
    return found


def held_bits(ties: Ties, family: np.ndarray) -> FloatArray:
    """Bits between each account and the rest of its ring."""
    width = int(ties.identifier.max(initial=-1)) + 1
    ends = []
    # One end of all lines after the other: both at once would be the largest arrays of a night.
    for end in (ties.source, ties.target):
        account = end[ties.edge].astype(np.int64)
        line = np.flatnonzero(account < ties.accounts)
        ends.append(greatest(account[line] * width + ties.identifier[line], ties.line_bits[line]))
    cell, best = greatest(*(np.concatenate(column) for column in zip(*ends, strict=True)))
    holder, what = cell // max(width, 1), cell % max(width, 1)
    by_family = holder * FAMILIES + family[what]
    # Only accounts with lines have cells: others would make the table as long as the population.
    used, place = numbered(by_family)
    total = np.bincount(place, best, minlength=len(used))
    most, _ = two_best(place, best, len(used))
    summed = families_bits(most, total - most, ties.rule.discount[used % FAMILIES])
    held: FloatArray = np.bincount(used // FAMILIES, summed, minlength=ties.accounts).astype(np.float64)
    return held


def _ended(ties: Ties, edge: LongArray) -> tuple[LongArray, LongArray]:
    """The accounts at the ends of edges, and the position in `edge` that each belongs to."""
    ends = np.concatenate([ties.source[edge], ties.target[edge]]).astype(np.int64)
    position = np.tile(np.arange(len(edge), dtype=np.int64), 2)
    accounts = ends < ties.accounts
    return ends[accounts], position[accounts]


def _edges(ties: Ties) -> LongArray:
    ends = np.concatenate([ties.source, ties.target])
    count: LongArray = np.bincount(ends[ends < ties.accounts], minlength=ties.accounts).astype(np.int64)
    return count


def _sole(ties: Ties, edges: LongArray) -> LongArray:
    """For each account the strongest identifier that is critical for all of its edges, −1 where there is none."""
    critical = np.flatnonzero(ties.critical)
    account, line = _ended(ties, ties.edge[critical])
    identifier = ties.identifier[critical[line]].astype(np.int64)
    bits = ties.line_bits[critical[line]]
    width = int(ties.identifier.max(initial=-1)) + 1
    cell, best = greatest(account * width + identifier, bits)
    _, count = counted(account * width + identifier)
    holder, what = cell // max(width, 1), cell % max(width, 1)
    whole = np.flatnonzero(count == edges[holder])
    order = whole[np.lexsort((what[whole], -best[whole], holder[whole]))]
    first = np.unique(holder[order], return_index=True)[1]
    sole = np.full(ties.accounts, -1, dtype=np.int64)
    sole[holder[order][first]] = what[order][first]
    return sole
