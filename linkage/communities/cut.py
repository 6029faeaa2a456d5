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
from linkage.links.holdings import FloatArray, IntArray

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
    """Joins pieces with enough evidence between them; a community number for each vertex.

    A piece of fewer than three accounts is no side of a cut: it goes with the piece that it shares most with.
    """
    piece = canonical(_attach_crumbs(graph, canonical(piece)))
    low, high, bits = evidence_across(graph, piece)
    size = sizes(graph, piece)
    joined = bits - charge(size[low]) - charge(size[high]) >= threshold
    return canonical(components(len(size), low[joined], high[joined])[piece])


def sizes(graph: Graph, piece: IntArray) -> IntArray:
    """Accounts of each piece."""
    return np.bincount(piece[: graph.accounts], minlength=int(piece.max(initial=-1)) + 1).astype(np.int32)


def _attach_crumbs(graph: Graph, piece: IntArray) -> IntArray:
    """Gives each piece that is too small for a side to the neighbour it shares most evidence with."""
    low, high, bits = evidence_across(graph, piece)
    size = sizes(graph, piece)
    source = np.concatenate([low, high])
    target = np.concatenate([high, low])
    strength = np.concatenate([bits, bits])
    crumb = size[source] < FREE_SIZE
    order = np.lexsort((target[crumb], -size[target[crumb]], -strength[crumb], source[crumb]))
    chosen, first = np.unique(source[crumb][order], return_index=True)
    return components(len(size), chosen, target[crumb][order][first])[piece]


def evidence_across(graph: Graph, piece: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Pieces that touch (low < high) and the bits between them, each identifier once, at its best."""
    low = np.minimum(piece[graph.source], piece[graph.target]).astype(np.int64)
    high = np.maximum(piece[graph.source], piece[graph.target]).astype(np.int64)
    pieces = int(piece.max(initial=-1)) + 1
    line = np.flatnonzero((low != high)[graph.edge])
    edge = graph.edge[line]
    # One number a (pair of pieces, identifier): a sort of single numbers is several times faster than of three columns.
    pair, which = np.unique(low[edge] * pieces + high[edge], return_inverse=True)
    width = int(graph.identifier.max(initial=-1)) + 1
    cell, inverse = np.unique(which * width + graph.identifier[line], return_inverse=True)
    best = np.zeros(len(cell))
    np.maximum.at(best, inverse, graph.line_bits[line])
    total: FloatArray = np.bincount(cell // max(width, 1), best, minlength=len(pair)).astype(np.float64)
    return (pair // max(pieces, 1)).astype(np.int32), (pair % max(pieces, 1)).astype(np.int32), total
