"""Where one component is cut in two: only where its sides are joined by little.

Modularity cuts even a homogeneous ring into dozens of pieces (Fortunato and Barthélemy 2007), so the pieces that Leiden
proposes are joined again wherever the evidence across them is enough. Across a cut every identifier counts once and
not once a pair, and since `a · b` pairs of accounts could each have made a bridge between sides of `a` and `b` accounts
by chance, the evidence must beat that many tries: `Σ bits − log2(a · b)`, sides of up to three accounts being free.
A single wrong bridge between two large rings is thus cut, and one ring on one card and one template is not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linkage.communities.graph import Graph
from linkage.links.holdings import BoolArray, FloatArray, IntArray

# Three accounts are the smallest side worth cutting off; smaller ones are not charged for their size.
FREE_SIZE = 3


def components(vertices: int, source: IntArray, target: IntArray) -> IntArray:
    """Connected components: a number for each vertex, ascending with its first vertex."""
    matrix = coo_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=(vertices, vertices))
    _, label = connected_components(matrix, directed=False)
    return canonical(label)


def canonical(label: IntArray) -> IntArray:
    """The same partition numbered by first appearance, so that equal partitions are equal arrays."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first), dtype=np.int32)
    return rank[inverse].astype(np.int32)


def charge(size: npt.ArrayLike) -> FloatArray:
    """Bits that a side of `size` accounts costs: log2 of the accounts beyond the free ones that could have bridged."""
    charged: FloatArray = np.log2(np.maximum(np.asarray(size, dtype=np.float64), FREE_SIZE) / FREE_SIZE)
    return charged


def rejoin(graph: Graph, piece: IntArray, threshold: float) -> IntArray:
    """Joins pieces with enough evidence between them; a community number for each vertex."""
    piece = canonical(piece)
    low = np.minimum(piece[graph.source], piece[graph.target]).astype(np.int64)
    high = np.maximum(piece[graph.source], piece[graph.target]).astype(np.int64)
    crosses = low != high
    if not crosses.any():
        return piece
    size = np.bincount(piece[: graph.accounts], minlength=int(piece.max()) + 1)
    side_a, side_b, bits = _evidence_across(graph, low, high, crosses)
    joined = bits - charge(size[side_a]) - charge(size[side_b]) >= threshold
    merged = components(
        int(piece.max()) + 1, side_a[joined].astype(np.int32), side_b[joined].astype(np.int32)
    )
    return canonical(merged[piece])


def _evidence_across(
    graph: Graph, low: np.ndarray, high: np.ndarray, crosses: BoolArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Bits between each two pieces that touch, each identifier once, at its best."""
    line = crosses[graph.edge]
    edge = graph.edge[line]
    key = np.stack([low[edge], high[edge], graph.identifier[line].astype(np.int64)], axis=1)
    order = np.lexsort((-graph.line_bits[line], key[:, 2], key[:, 1], key[:, 0]))
    key, bits = key[order], graph.line_bits[line][order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]).any(axis=1)
    key, bits = key[fresh], bits[fresh]
    start = np.ones(len(key), dtype=np.bool_)
    start[1:] = (key[1:, :2] != key[:-1, :2]).any(axis=1)
    group = np.cumsum(start) - 1
    total: FloatArray = np.bincount(group, bits).astype(np.float64)
    return key[start, 0].astype(np.int32), key[start, 1].astype(np.int32), total
