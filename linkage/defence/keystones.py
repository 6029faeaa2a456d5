"""The counterfactual: the single identifiers without which a ring falls apart, and into what.

What holds whichever identifier is taken away is contracted first. Only an identifier that is critical for an edge of a
spanning tree of the rest can part a ring; of those each ring's foremost are tried, those of all rings at a time, so the
work is that of `TRIED` searches for components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.communities.cut import FREE_SIZE, components
from linkage.defence.forest import by_rank, spanning_forest
from linkage.defence.ties import Ties
from linkage.links.holdings import BoolArray, IntArray, LongArray
from linkage.numbering import counted, numbered

#: So many identifiers of a ring are tried, those first that most of its tree hangs on.
TRIED = 16
#: So many of them are told, and so many sizes of what a ring falls into.
TOLD = 5
SIZES = 5


@dataclass(frozen=True)
class Keystone:
    """An identifier without which a ring falls into `pieces`: the greatest `sizes`, and how many accounts are alone.

    `ties` are the edges that would not stand without it.
    """

    identifier: int
    ties: int
    pieces: int
    sizes: tuple[int, ...]
    alone: int


@dataclass(frozen=True)
class _Contracted:
    """What is left when all that stands in every case is one vertex: `solid` of each vertex; edges and their lines."""

    solid: IntArray
    a: IntArray
    b: IntArray
    ring: IntArray
    edge: LongArray
    identifier: LongArray


def keystones(ties: Ties) -> dict[int, list[Keystone]]:
    """For each ring that a single identifier can part, these identifiers, the one that parts it most first."""
    rest = _contracted(ties)
    found: dict[int, list[Keystone]] = {}
    whole = _pieces(ties, _labels(rest, np.zeros(len(rest.a), dtype=np.bool_)))
    before = np.bincount(whole[0], minlength=ties.rings)
    for tried in _foremost(ties, rest):
        falls = tried[rest.ring[rest.edge]] == rest.identifier
        broken = np.zeros(len(rest.a), dtype=np.bool_)
        broken[rest.edge[falls]] = True
        ring, size = _pieces(ties, _labels(rest, broken))
        after = np.bincount(ring, minlength=ties.rings)
        lost = np.bincount(rest.ring[rest.edge[falls]], minlength=ties.rings)
        pointer = np.searchsorted(ring, np.arange(ties.rings + 1))
        for parted in np.flatnonzero(after > before):
            sizes = size[pointer[parted] : pointer[parted + 1]]
            # What one or two accounts hang on parts nothing: they are borderline members.
            if sizes[1:].sum() < min(FREE_SIZE, sizes.sum() // 2):
                continue
            found.setdefault(int(parted), []).append(
                Keystone(
                    identifier=int(tried[parted]),
                    ties=int(lost[parted]),
                    pieces=len(sizes),
                    sizes=tuple(sizes[:SIZES].tolist()),
                    alone=int((sizes == 1).sum()),
                )
            )
    for told in found.values():
        told.sort(key=lambda one: (one.sizes[0], -one.ties, one.identifier))
        del told[TOLD:]
    return found


def _contracted(ties: Ties) -> _Contracted:
    fragile = np.zeros(len(ties.source), dtype=np.bool_)
    fragile[ties.edge[ties.critical]] = True
    solid = components(len(ties.ring), ties.source[~fragile], ties.target[~fragile])
    kept = fragile & (solid[ties.source] != solid[ties.target])
    number = np.full(len(kept), -1, dtype=np.int64)
    number[kept] = np.arange(int(kept.sum()))
    lines = np.flatnonzero(ties.critical & kept[ties.edge])
    return _Contracted(
        solid=solid,
        a=solid[ties.source[kept]],
        b=solid[ties.target[kept]],
        ring=ties.of_ring[kept],
        edge=number[ties.edge[lines]],
        identifier=ties.identifier[lines].astype(np.int64),
    )


def _labels(rest: _Contracted, broken: BoolArray) -> IntArray:
    """The component of each vertex without the broken edges."""
    label: IntArray = components(int(rest.solid.max(initial=-1)) + 1, rest.a[~broken], rest.b[~broken])[
        rest.solid
    ]
    return label


def _pieces(ties: Ties, label: IntArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The ring and the accounts of each piece, by ring, the largest first."""
    ring = ties.ring[: ties.accounts].astype(np.int64)
    inside = np.flatnonzero(ring >= 0)
    width = int(label.max(initial=-1)) + 1
    piece, size = counted(ring[inside] * width + label[inside])
    order = np.lexsort((-size, piece // max(width, 1)))
    return piece[order] // max(width, 1), size[order]


def _foremost(ties: Ties, rest: _Contracted) -> list[LongArray]:
    """For each rank an identifier a ring (−1: none left), by how much of the ring hangs on tree edges that need it."""
    weight = np.bincount(
        rest.solid[: ties.accounts][ties.ring[: ties.accounts] >= 0],
        minlength=int(rest.solid.max(initial=-1)) + 1,
    )
    critical = np.bincount(rest.edge, minlength=len(rest.a)).astype(np.float64)
    tree = spanning_forest(rest.a, rest.b, critical, weight.astype(np.int64))
    hangs = np.zeros(len(rest.a), dtype=np.int64)
    inner = tree.edge >= 0
    hangs[tree.edge[inner]] = tree.smaller[inner]
    held = np.flatnonzero(hangs[rest.edge] > 0)
    ring, identifier = rest.ring[rest.edge[held]].astype(np.int64), rest.identifier[held]
    width = int(identifier.max(initial=-1)) + 1
    cell, inverse = numbered(ring * width + identifier)
    much = np.bincount(inverse, hangs[rest.edge[held]], minlength=len(cell))
    of_ring, what = cell // max(width, 1), cell % max(width, 1)
    order = np.lexsort((what, -much, of_ring))
    return by_rank(of_ring[order], what[order], ties.rings, TRIED)
