"""The weakest bridges: cuts across which a ring hangs together with the fewest bits.

Candidates are the weakest edges of the ring's strongest spanning tree: without such an edge the tree falls into two
sides, and of all edges between these it is the strongest. What lies across the cut is then summed as the partition does
it, each identifier once, at its best, against the threshold and the tries of both sides. All rings are looked at
together, so the work is that of `LOOKED` passes over the edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.communities.cut import FREE_SIZE, charge
from linkage.defence.forest import Forest, by_rank, spanning_forest
from linkage.defence.ties import Ties
from linkage.links.holdings import BoolArray, LongArray
from linkage.numbering import greatest

#: So many edges of a ring's tree are looked at, the weakest.
LOOKED = 8
#: So many bridges of a ring are told, with so many of the identifiers that they rest on.
TOLD = 3
LINES = 5


@dataclass(frozen=True)
class Bridge:
    """A cut between sides of `small` and `large` accounts: bits across it, bits that it needs, and its edges.

    `a` and `b` are the ends of the strongest edge (vertices, `a` on the small side), `edge_bits` its bits; `lines` are
    the strongest identifiers across, with their bits.
    """

    small: int
    large: int
    bits: float
    needed: float
    edges: int
    a: int
    b: int
    edge_bits: float
    lines: tuple[tuple[int, float], ...]


def bridges(ties: Ties) -> dict[int, list[Bridge]]:
    """For each ring of two sides of three accounts its weakest bridges, the one with least to spare first.

    In a ring of fewer accounts each link may be one.
    """
    forest = _strongest_forest(ties)
    found: dict[int, list[Bridge]] = {}
    for cut in _weakest(ties, forest):
        rings = np.flatnonzero(cut >= 0)
        start, stop = np.zeros(ties.rings, np.int64), np.zeros(ties.rings, np.int64)
        start[rings], stop[rings] = forest.place[cut[rings]], forest.stop[cut[rings]]
        own = ties.ring >= 0
        side = np.zeros(len(ties.ring), dtype=np.bool_)
        side[own] = (forest.place[own] >= start[ties.ring[own]]) & (forest.place[own] < stop[ties.ring[own]])
        for ring, bridge in _across(ties, forest, side, cut):
            found.setdefault(ring, []).append(bridge)
    for told in found.values():
        told.sort(key=lambda one: (one.bits - one.needed, -one.small, one.a, one.b))
        del told[TOLD:]
    return found


def _strongest_forest(ties: Ties) -> Forest:
    """The spanning forest of most bits, weighed in accounts of rings."""
    weight = np.zeros(len(ties.ring), dtype=np.int64)
    weight[: ties.accounts] = ties.ring[: ties.accounts] >= 0
    # The least of a falling function of the bits is the most of them.
    cost = float(ties.bits.max(initial=0.0)) + 1.0 - ties.bits
    return spanning_forest(ties.source, ties.target, cost, weight)


def _weakest(ties: Ties, forest: Forest) -> list[LongArray]:
    """For each rank a vertex a ring (−1: none left): the edge to its parent is one of the ring's weakest bridges."""
    vertex = np.flatnonzero(forest.edge >= 0)
    ring = ties.ring[vertex].astype(np.int64)
    small = forest.smaller[vertex]
    least = np.minimum(FREE_SIZE, forest.whole[vertex] // 2)
    kept = (small >= least) & (small > 0)
    vertex, ring, small = vertex[kept], ring[kept], small[kept]
    order = np.lexsort((vertex, -small, ties.bits[forest.edge[vertex]], ring))
    return by_rank(ring[order], vertex[order], ties.rings, LOOKED)


def _across(ties: Ties, forest: Forest, side: BoolArray, cut: LongArray) -> list[tuple[int, Bridge]]:
    """The bridge of each ring between the vertices on `side` and its others."""
    crossing = side[ties.source] != side[ties.target]
    edges = np.bincount(ties.of_ring[crossing], minlength=ties.rings)
    line = np.flatnonzero(crossing[ties.edge])
    ring = ties.of_ring[ties.edge[line]].astype(np.int64)
    width = int(ties.identifier.max(initial=-1)) + 1
    cell, best = greatest(ring * width + ties.identifier[line], ties.line_bits[line])
    of_ring, what = cell // max(width, 1), cell % max(width, 1)
    total = np.bincount(of_ring, best, minlength=ties.rings)
    order = np.lexsort((what, -best, of_ring))
    pointer = np.searchsorted(of_ring[order], np.arange(ties.rings + 1))
    found = []
    for number in np.flatnonzero(cut >= 0):
        vertex = int(cut[number])
        own, whole = int(forest.weight[vertex]), int(forest.whole[vertex])
        small, large = min(own, whole - own), max(own, whole - own)
        edge = int(forest.edge[vertex])
        a, b = _ends(ties, side, edge, own == small)
        strongest = order[pointer[number] : min(pointer[number] + LINES, pointer[number + 1])]
        found.append(
            (
                int(number),
                Bridge(
                    small=small,
                    large=large,
                    bits=float(total[number]),
                    needed=float(ties.rule.threshold + charge(small) + charge(large)),
                    edges=int(edges[number]),
                    a=a,
                    b=b,
                    edge_bits=float(ties.bits[edge]),
                    lines=tuple((int(what[at]), float(best[at])) for at in strongest),
                ),
            )
        )
    return found


def _ends(ties: Ties, side: BoolArray, edge: int, small_is_side: bool) -> tuple[int, int]:
    """The ends of an edge, that of the smaller side first."""
    a, b = int(ties.source[edge]), int(ties.target[edge])
    return (a, b) if bool(side[a]) == small_is_side else (b, a)
