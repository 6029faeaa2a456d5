"""Spanning forests, numbered so that each subtree is one run of places; and what is tried of each ring, in turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from linkage.communities.cut import components
from linkage.communities.forest import Ints, forest_edges
from linkage.links.holdings import FloatArray, LongArray


@dataclass(frozen=True)
class Forest:
    """A vertex stands for the edge to its parent: `edge`, −1 for a root; `place` up to `stop` is its subtree's run.

    `weight` is that of its subtree, `whole` that of its tree.
    """

    place: LongArray
    stop: LongArray
    weight: LongArray
    edge: LongArray
    whole: LongArray

    @property
    def smaller(self) -> LongArray:
        """The weight of the smaller side when the edge to the parent is cut."""
        side: LongArray = np.minimum(self.weight, self.whole - self.weight)
        return side


def spanning_forest(source: Ints, target: Ints, cost: FloatArray, weight: LongArray) -> Forest:
    """The forest of least cost (each above 0) over vertices of these weights; of edges side by side the cheapest."""
    vertices = len(weight)
    edges = forest_edges(source, target, cost, vertices)
    low, high = np.minimum(source, target)[edges], np.maximum(source, target)[edges]
    label = components(vertices, low, high)
    _, roots = np.unique(label, return_index=True)
    walk, parent = _walk(vertices, low, high, roots)
    place, stop, below = _numbered(walk, parent, weight)
    edge = np.full(vertices, -1, dtype=np.int64)
    edge[np.where(parent[low] == high, low, high)] = edges
    return Forest(place=place, stop=stop, weight=below, edge=edge, whole=below[roots][label])


def _walk(vertices: int, low: Ints, high: Ints, roots: LongArray) -> tuple[LongArray, LongArray]:
    """All vertices, parents before children, and the parent of each; one more vertex ties the trees together."""
    ends = np.concatenate([low, np.full(len(roots), vertices)])
    others = np.concatenate([high, roots])
    joined = coo_matrix((np.ones(len(ends)), (ends, others)), shape=(vertices + 1, vertices + 1)).tocsr()
    walk, parent = breadth_first_order(joined, vertices, directed=False)
    return walk[1:].astype(np.int64), parent.astype(np.int64)


def _numbered(
    walk: LongArray, parent: LongArray, weight: LongArray
) -> tuple[LongArray, LongArray, LongArray]:
    """Where each subtree begins and ends, and what it weighs."""
    vertices = len(walk)
    order, up = walk.tolist(), parent.tolist()
    count, below = [1] * vertices + [0], [*weight.tolist(), 0]
    for vertex in reversed(order):
        count[up[vertex]] += count[vertex]
        below[up[vertex]] += below[vertex]
    place, following = [0] * vertices, [0] * (vertices + 1)
    for vertex in order:
        place[vertex] = following[up[vertex]]
        following[up[vertex]] += count[vertex]
        following[vertex] = place[vertex] + 1
    begins = np.array(place, dtype=np.int64)
    return begins, begins + np.array(count[:-1], dtype=np.int64), np.array(below[:-1], dtype=np.int64)


def by_rank(ring: LongArray, value: LongArray, rings: int, most: int) -> list[LongArray]:
    """Values that are sorted by ring, the foremost of each first, rank by rank: one entry a ring, −1 for none left."""
    rank = np.arange(len(ring)) - np.searchsorted(ring, ring)
    ranks = []
    for at in range(min(most, int(rank.max(initial=-1)) + 1)):
        chosen = np.full(rings, -1, dtype=np.int64)
        chosen[ring[rank == at]] = value[rank == at]
        ranks.append(chosen)
    return ranks
