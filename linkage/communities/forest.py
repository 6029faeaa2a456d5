"""Which edges span a graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from linkage.links.holdings import FloatArray, LongArray

Ints = npt.NDArray[np.integer]


def forest_edges(source: Ints, target: Ints, cost: FloatArray, vertices: int) -> LongArray:
    """The edges of the spanning forest of least cost (each above 0) by their ends; of parallel ones the cheapest.

    Edges whose ends are one vertex are none. Which of equal costs are taken is fixed by nothing but the order.
    """
    low, high = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((cost, high, low))
    order = order[low[order] != high[order]]
    single = np.flatnonzero(
        np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)][: len(order)]
    )
    edges = order[single]
    low, high = low[edges], high[edges]
    tree = minimum_spanning_tree(coo_matrix((cost[edges], (low, high)), shape=(vertices, vertices))).tocoo()
    chosen: LongArray = edges[np.isin(_paired(low, high, vertices), _paired(tree.row, tree.col, vertices))]
    return chosen


def _paired(a: Ints, b: Ints, width: int) -> LongArray:
    pair: LongArray = np.minimum(a, b).astype(np.int64) * width + np.maximum(a, b)
    return pair
