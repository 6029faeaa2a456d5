"""How tightly communities are tied: core number and local clustering of each account among the links inside its own.

Only links between two accounts count here. A star is no link but stands for all pairs of its accounts, so how tight
they are is known without counting (see `sql/rings/dense.sql`); a join ties two groups and says nothing of an account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.links.holdings import FloatArray, IntArray, LongArray


@dataclass(frozen=True)
class Density:
    """One entry an account.

    `core`: the greatest k for which it is in a group of accounts that are each linked to k others of the group; 0
    without a link.  `clustering`: the share of the pairs of its partners that are linked with each other, in [0, 1]; 0
    with fewer than two partners.
    """

    core: IntArray
    clustering: FloatArray


def density(
    accounts: int, community: IntArray, a: npt.NDArray[np.integer], b: npt.NDArray[np.integer]
) -> Density:
    """Of the links a < b, each once, that lie inside a community.

    Core numbers (Batagelj and Zaveršnik 2003) and clustering (Watts and Strogatz 1998). Triangles are counted from the
    end with fewer partners (Latapy 2008): time is links · √links at worst.
    """
    inner = community[a] == community[b]
    a, b = a[inner], b[inner]
    start, partner = _adjacent(accounts, np.concatenate([a, b]), np.concatenate([b, a]))
    degree = np.diff(start)
    # A link is followed from its less busy end, so that no busy account is looked through more than once.
    rank = np.empty(accounts, dtype=np.int64)
    rank[np.lexsort((np.arange(accounts), degree))] = np.arange(accounts)
    low = np.where(rank[a] < rank[b], a, b)
    high = np.where(rank[a] < rank[b], b, a)
    forward_start, forward = _adjacent(accounts, low, high)
    triangles = _triangles(forward_start, forward)
    pairs = degree * (degree - 1)
    clustering = np.divide(2.0 * triangles, pairs, out=np.zeros(accounts), where=pairs > 0)
    return Density(core=_core_numbers(start, partner), clustering=clustering)


def _adjacent(
    accounts: int, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]
) -> tuple[LongArray, IntArray]:
    """The targets of each source, ascending, and where each source's begin."""
    order = np.lexsort((target, source))
    start = np.zeros(accounts + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=accounts), out=start[1:])
    return start, target[order].astype(np.int32)


@njit(cache=True)
def _core_numbers(start: LongArray, partner: IntArray) -> IntArray:
    """Takes away whoever has fewest partners left, again and again; kept in buckets by that number."""
    count = len(start) - 1
    core = (start[1:] - start[:-1]).astype(np.int32)
    most = 0
    for at in range(count):
        most = max(most, core[at])
    bucket = np.zeros(most + 2, dtype=np.int64)
    for at in range(count):
        bucket[core[at] + 1] += 1
    for value in range(most + 1):
        bucket[value + 1] += bucket[value]
    order = np.empty(count, dtype=np.int32)
    place = np.empty(count, dtype=np.int64)
    filled = bucket.copy()
    for at in range(count):
        place[at] = filled[core[at]]
        order[place[at]] = at
        filled[core[at]] += 1
    for turn in range(count):
        at = order[turn]
        for step in range(start[at], start[at + 1]):
            other = partner[step]
            if core[other] > core[at]:
                # It moves to the front of its bucket, whose border moves past it.
                front = max(bucket[core[other]], turn + 1)
                swapped = order[front]
                order[front], order[place[other]] = other, swapped
                place[swapped], place[other] = place[other], front
                bucket[core[other]] = front + 1
                core[other] -= 1
    return core


@njit(cache=True)
def _triangles(start: LongArray, forward: IntArray) -> LongArray:
    """The triangles that each vertex is a corner of."""
    count = len(start) - 1
    found = np.zeros(count, dtype=np.int64)
    mark = np.full(count, -1, dtype=np.int32)
    for at in range(count):
        for step in range(start[at], start[at + 1]):
            mark[forward[step]] = at
        for step in range(start[at], start[at + 1]):
            other = forward[step]
            for further in range(start[other], start[other + 1]):
                third = forward[further]
                if mark[third] == at:
                    found[at] += 1
                    found[other] += 1
                    found[third] += 1
    return found
