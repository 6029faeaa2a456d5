"""Where one component is cut in two: only where its sides are joined by little.

Modularity cuts even a homogeneous ring into dozens of pieces (Fortunato and Barthélemy 2007), so the pieces that Leiden
proposes are joined again wherever the evidence across them is enough. Across a cut every identifier counts once and
not once a pair, and since `a · b` pairs of accounts could each have made a bridge between sides of `a` and `b` accounts
by chance, the evidence must beat that many tries: `Σ bits − log2(a · b)`, sides of up to three accounts being free.
A single wrong bridge between two large rings is thus cut, and one ring on one card and one template is not.

As for a link, the evidence must come from enough families: a hundred shared addresses are one rented network, which two
operators can share. A family counts if its best line beats the tries of the larger side, `bits − log2(max(a, b))`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linkage.communities.carriers import carried_by_one
from linkage.communities.graph import NO_FAMILY, Graph
from linkage.identifiers.base import Family
from linkage.links.holdings import BoolArray, FloatArray, IntArray, LongArray
from linkage.links.rarity import FAMILY_FLOOR
from linkage.numbering import greatest, numbered

# Three accounts are the smallest side worth cutting off; smaller ones are not charged for their size.
FREE_SIZE = 3


def components(vertices: int, source: IntArray, target: IntArray) -> IntArray:
    """Connected components: a number for each vertex, ascending with its first vertex."""
    matrix = coo_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=(vertices, vertices))
    _, label = connected_components(matrix, directed=False)
    return canonical(label)


def canonical(label: IntArray | LongArray) -> IntArray:
    """The same partition numbered by first appearance, so that equal partitions are equal arrays."""
    if not len(label):
        return np.empty(0, dtype=np.int32)
    least, most = int(label.min()), int(label.max())
    if most - least > 16 * len(label) + 1024:
        place = np.unique(label, return_inverse=True)[1].astype(np.int64)
        least, most = 0, int(place.max())
    else:
        place = label.astype(np.int64) - least
    # No sort: of several writes to one cell the last stands, and the last of the reversed labels is the first.
    first = np.full(most - least + 1, len(label), dtype=np.int64)
    first[place[::-1]] = np.arange(len(label) - 1, -1, -1)
    opens = np.zeros(len(label) + 1, dtype=np.int32)
    opens[first[first < len(label)]] = 1
    rank = np.cumsum(opens, dtype=np.int32) - 1
    numbered: IntArray = rank[first[place]]
    return numbered


def charge(size: npt.ArrayLike) -> FloatArray:
    """Bits that a side of `size` accounts costs: log2 of the accounts beyond the free ones that could have bridged."""
    charged: FloatArray = np.log2(np.maximum(np.asarray(size, dtype=np.float64), FREE_SIZE) / FREE_SIZE)
    return charged


def rejoin(graph: Graph, piece: IntArray, threshold: float) -> IntArray:
    """Joins pieces with enough evidence between them; a community number for each vertex.

    A piece of fewer than three accounts is no side of a cut: it goes with the piece that it shares most with.
    """
    piece = canonical(piece)
    crossing = crossings(graph, piece)
    whole = _attached_crumbs(summed(graph, crossing), sizes(graph, piece))
    piece = whole[piece]
    across = summed(graph, crossing.merged(whole))
    size = sizes(graph, piece)
    low, high = size[across.low], size[across.high]
    held = enough(across.bits, low, high, threshold) & _several_families(graph, across, np.maximum(low, high))
    held &= ~carried_by_one(graph, piece, across.low, across.high, size)
    return canonical(components(len(size), across.low[held], across.high[held])[piece])


def enough(bits: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, threshold: float) -> BoolArray:
    """Whether the bits between sides of `low` and `high` accounts beat the tries of both."""
    held: BoolArray = np.asarray(bits) - charge(low) - charge(high) >= threshold
    return held


def _several_families(graph: Graph, across: Across, larger: npt.ArrayLike) -> BoolArray:
    """Whether enough families lie between pieces of which the larger has `larger` accounts."""
    charged = charge(larger)
    counted = across.family_bits - charged[:, None] >= FAMILY_FLOOR
    proven = across.proof_bits - charged >= FAMILY_FLOOR
    held: BoolArray = (counted.sum(axis=1) >= graph.min_families) | proven
    return held


def sizes(graph: Graph, piece: IntArray) -> IntArray:
    """Accounts of each piece."""
    return np.bincount(piece[: graph.accounts], minlength=int(piece.max(initial=-1)) + 1).astype(np.int32)


def _attached_crumbs(across: Across, size: IntArray) -> IntArray:
    """For each piece the number of what it is part of: one too small for a side goes with whom it shares most with."""
    source = np.concatenate([across.low, across.high])
    target = np.concatenate([across.high, across.low])
    strength = np.concatenate([across.bits, across.bits])
    crumb = size[source] < FREE_SIZE
    order = np.lexsort((target[crumb], -size[target[crumb]], -strength[crumb], source[crumb]))
    chosen, first = np.unique(source[crumb][order], return_index=True)
    whole: IntArray = components(len(size), chosen, target[crumb][order][first])
    return whole


@dataclass(frozen=True)
class Crossings:
    """The evidence between pieces that touch: a line for each two pieces and each identifier, at its best.

    Pair p is of the pieces `low[p]` < `high[p]`; lines are sorted by `pair` and identifier.
    """

    low: LongArray
    high: LongArray
    pair: LongArray
    identifier: LongArray
    best: FloatArray

    def merged(self, whole: IntArray) -> Crossings:
        """The same once the pieces are parts of larger ones: `whole` has the number of each piece's."""
        return _crossings(whole[self.low], whole[self.high], self.pair, self.identifier, self.best)


def crossings(graph: Graph, piece: IntArray) -> Crossings:
    """What lies between the pieces of the vertices."""
    return _crossings(piece[graph.source], piece[graph.target], graph.edge, graph.identifier, graph.line_bits)


def _crossings(
    source: IntArray, target: IntArray, edge: LongArray, identifier: IntArray | LongArray, bits: FloatArray
) -> Crossings:
    """Of edges between pieces, and the lines that they rest on."""
    outer = np.flatnonzero(source != target)
    low = np.minimum(source, target)[outer].astype(np.int64)
    high = np.maximum(source, target)[outer].astype(np.int64)
    pieces = int(high.max(initial=-1)) + 1
    between, of_outer = numbered(low * pieces + high)
    of_edge = np.full(len(source), -1, dtype=np.int64)
    of_edge[outer] = of_outer
    pair = of_edge[edge]
    line = np.flatnonzero(pair >= 0)
    # One number a (pair of pieces, identifier): a sort of single numbers is several times faster than of columns.
    width = int(identifier.max(initial=-1)) + 1
    cell, best = greatest(pair[line] * width + identifier[line], bits[line])
    return Crossings(
        low=between // max(pieces, 1),
        high=between % max(pieces, 1),
        pair=cell // max(width, 1),
        identifier=cell % max(width, 1),
        best=best,
    )


@dataclass(frozen=True)
class Across:
    """Pieces that touch (low < high) and the evidence between them, each identifier once, at its best.

    `family_bits` is the best line of each family, shape (pairs, families); `proof_bits` the best of near-proof lines.
    """

    low: IntArray
    high: IntArray
    bits: FloatArray
    family_bits: FloatArray
    proof_bits: FloatArray


def summed(graph: Graph, found: Crossings) -> Across:
    """What the lines between two pieces add up to."""
    pairs = len(found.low)
    family = graph.family[found.identifier]
    own = family != NO_FAMILY
    by_family = np.zeros(pairs * len(Family))
    np.maximum.at(by_family, found.pair[own] * len(Family) + family[own], found.best[own])
    proof = graph.near_proof[found.identifier]
    by_proof = np.zeros(pairs)
    np.maximum.at(by_proof, found.pair[proof], found.best[proof])
    return Across(
        low=found.low.astype(np.int32),
        high=found.high.astype(np.int32),
        bits=np.bincount(found.pair, found.best, minlength=pairs).astype(np.float64),
        family_bits=by_family.reshape(pairs, len(Family)),
        proof_bits=by_proof,
    )
