"""What one account alone carries between two large sides.

All that a ring of thousands shares with a class of a hundred can lie with one account: a member who uses a text of the
class as well, or whom both claim. However much of it there is, it says to which side that account belongs, and nothing
of the others on its side. So two large sides are not joined by it.
"""

from __future__ import annotations

import numpy as np

from linkage.communities.graph import Graph
from linkage.links.holdings import BoolArray, Holdings, IntArray, LongArray
from linkage.numbering import runs

LARGE = 20
"""Sides of fewer accounts may well hang together by one of them, and a mistake about them is a small one."""


def carried_by_one(graph: Graph, piece: IntArray, low: IntArray, high: IntArray, size: IntArray) -> BoolArray:
    """Of pairs of pieces that touch (low < high, sorted), those of large ones with one account at all edges of a side.

    A star stands for its members, and the end of an edge that joins wholes for its group.
    """
    large = (size[low] >= LARGE) & (size[high] >= LARGE)
    width = len(size)
    source, target = piece[graph.source].astype(np.int64), piece[graph.target].astype(np.int64)
    outer = np.flatnonzero(source != target)
    source, target = source[outer], target[outer]
    pair = np.searchsorted(
        low.astype(np.int64) * width + high, np.minimum(source, target) * width + np.maximum(source, target)
    )
    looked = large[pair]
    outer, pair, ascending = outer[looked], pair[looked], source[looked] < target[looked]
    ends = graph.source[outer], graph.target[outer]
    alone = np.zeros(len(low), dtype=np.bool_)
    for end in (np.where(ascending, *ends), np.where(ascending, *ends[::-1])):
        several = graph.whole[outer] | (end >= graph.accounts)
        alone |= _one(pair, np.where(several, -1, end), len(low)) >= 0
    return large & alone


def _one(pair: LongArray, account: IntArray, pairs: int) -> LongArray:
    """The account that stands in all rows of a pair, −1 where they differ."""
    least = np.full(pairs, np.iinfo(np.int64).max)
    most = np.full(pairs, -1, dtype=np.int64)
    np.minimum.at(least, pair, account)
    np.maximum.at(most, pair, account)
    return np.where(least == most, most, -1)


def shared_by_one(
    holdings: Holdings,
    community: IntArray,
    sides: tuple[IntArray, IntArray],
    size: LongArray,
    pair: LongArray,
    identifier: LongArray,
) -> BoolArray:
    """Of pairs of communities (`sides`), those of large ones that share only what one account of a side holds.

    The lines (`pair`, `identifier`) are what a pair shares; `size` is the accounts of each community.
    """
    pairs = len(sides[0])
    large = (size[sides[0]] >= LARGE) & (size[sides[1]] >= LARGE)
    line = np.flatnonzero(large[pair])
    held = holdings.degree[identifier[line]]
    holder = holdings.holder[runs(holdings.identifier_ptr[identifier[line]], held)]
    of_holder = np.repeat(pair[line], held)
    alone = np.zeros(pairs, dtype=np.bool_)
    for side in sides:
        own = community[holder] == side[of_holder]
        alone |= _one(of_holder[own], holder[own], pairs) >= 0
    return large & alone
