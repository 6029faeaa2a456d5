"""Spanning forests, numbered so that each subtree is one run of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from linkage.communities.cut import components
from linkage.links.holdings import FloatArray, LongArray

Ints = npt.NDArray[np.integer]


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
    low, high = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((cost, high, low))
    low, high = low[order], high[order]
    single = np.flatnonzero(np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)][: len(order)])
    low, high, edges = low[single], high[single], order[single]
    tree = minimum_spanning_tree(coo_matrix((cost[edges], (low, high)), shape=(vertices, vertices))).tocoo()
    kept = np.isin(_paired(low, high, vertices), _paired(tree.row, tree.col, vertices))
    low, high, edges = low[kept], high[kept], edges[kept]
    label = components(vertices, low, high)
    _, roots = np.unique(label, return_index=True)
    walk, parent = _walk(vertices, low, high, roots)
    place, stop, below = _numbered(walk, parent, weight)
    edge = np.full(vertices, -1, dtype=np.int64)
    edge[np.where(parent[low] == high, low, high)] = edges
    return Forest(place=place, stop=stop, weight=below, edge=edge, whole=below[roots][label])


def _paired(a: Ints, b: Ints, width: int) -> LongArray:
    pair: LongArray = np.minimum(a, b).astype(np.int64) * width + np.maximum(a, b)
    return pair


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
