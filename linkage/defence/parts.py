"""A ring split by infrastructure: groups of its accounts that hang together by cards, addresses and devices alone.

One party may run several such groups that only texts, timing or lineage join, and each can be traced and blocked on its
own. Hubs and what only supports links join nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.communities.cut import components
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.holdings import BoolArray, Holdings, IntArray, LongArray
from linkage.numbering import counted, numbered

INFRASTRUCTURE = frozenset({Family.PAYMENT, Family.NETWORK, Family.DEVICE})
#: So many groups of a ring are told, the largest, with so many of the values that most of a group's accounts hold.
TOLD = 8
VALUES = 3


@dataclass(frozen=True)
class Part:
    """A group of a ring's accounts, and the values that most of them hold with how many do."""

    size: int
    values: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Split:
    """The groups of a ring, the largest first; `count` of all, `loose` accounts that share no infrastructure."""

    count: int
    loose: int
    parts: tuple[Part, ...]


def infrastructure(holdings: Holdings, ring: IntArray, joining: BoolArray) -> dict[int, Split]:
    """The split of each ring. `ring` of each account (−1: none); `joining`: identifiers that may join accounts."""
    owner = holdings.owner
    kept = np.flatnonzero((ring[owner] >= 0) & joining[holdings.identifier])
    account, identifier = owner[kept].astype(np.int64), holdings.identifier[kept].astype(np.int64)
    # A value counts inside of a ring only: each (ring, value) is a vertex of its own.
    cell, value = numbered(ring[account].astype(np.int64) * holdings.identifiers + identifier)
    shared = np.bincount(value)[value] >= 2
    account, value = account[shared], value[shared]
    label = components(
        holdings.accounts + len(cell), account.astype(np.int32), (holdings.accounts + value).astype(np.int32)
    )
    members = np.flatnonzero(ring >= 0)
    size = np.bincount(label[members], minlength=int(label.max(initial=-1)) + 1)
    values = _values(label, account, cell[value] % max(holdings.identifiers, 1))
    order = members[np.lexsort((label[members], -size[label[members]], ring[members]))]
    found: dict[int, Split] = {}
    for part in np.split(order, np.flatnonzero(np.diff(ring[order])) + 1):
        if len(part):
            groups = [int(one) for one in dict.fromkeys(label[part].tolist()) if size[one] >= 2]
            found[int(ring[part[0]])] = Split(
                count=len(groups),
                loose=int(len(part) - sum(size[one] for one in groups)),
                parts=tuple(Part(int(size[one]), values.get(one, ())) for one in groups[:TOLD]),
            )
    return found


def joining(links: BoolArray, support: BoolArray, family: np.ndarray) -> BoolArray:
    """Which identifiers are infrastructure that may join: no hubs, nothing that only supports; all by identifier."""
    numbers = [FAMILY_NUMBER[one] for one in INFRASTRUCTURE]
    chosen: BoolArray = links & ~support & np.isin(family, numbers)
    return chosen


def _values(
    label: IntArray, account: LongArray, identifier: LongArray
) -> dict[int, tuple[tuple[int, int], ...]]:
    """The values that most accounts of each component hold."""
    width = int(identifier.max(initial=-1)) + 1
    cell, count = counted(label[account].astype(np.int64) * width + identifier)
    of, what = cell // max(width, 1), cell % max(width, 1)
    order = np.lexsort((what, -count, of))
    found: dict[int, list[tuple[int, int]]] = {}
    rank = np.arange(len(order)) - np.searchsorted(of[order], of[order])
    for at in order[rank < VALUES]:
        found.setdefault(int(of[at]), []).append((int(what[at]), int(count[at])))
    return {one: tuple(values) for one, values in found.items()}
