"""Pieces that lie over a bridge: two rings that hang together only through one piece of both.

Where two rings touch, the accounts on both sides of the bridge can form a piece of their own, which each ring claims. A
piece without which its community falls apart is therefore parted among the sides, along its
weakest cut, and the cut stands under the same rule as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from linkage.communities.cut import (
    FREE_SIZE,
    canonical,
    components,
    enough,
    evidence_across,
    sizes,
)
from linkage.communities.graph import Graph
from linkage.links.holdings import BoolArray, IntArray, LongArray, runs

# Flows are whole numbers: hundredths of a bit.
SCALE = 100.0


@dataclass(frozen=True)
class _Lines:
    """The evidence lines of a graph by their edges."""

    order: LongArray
    pointer: LongArray

    @classmethod
    def of(cls, graph: Graph) -> _Lines:
        """Sorted once for all lookups."""
        pointer = np.zeros(len(graph.source) + 1, dtype=np.int64)
        np.cumsum(np.bincount(graph.edge, minlength=len(graph.source)), out=pointer[1:])
        return cls(np.argsort(graph.edge, kind="stable"), pointer)

    def of_edges(self, edges: LongArray) -> tuple[LongArray, LongArray]:
        """The lines of some edges, and for each line the place of its edge among them."""
        length = self.pointer[edges + 1] - self.pointer[edges]
        place = np.repeat(np.arange(len(edges), dtype=np.int64), length)
        return self.order[runs(self.pointer[edges], length)], place


def part_bridges(graph: Graph, piece: IntArray, community: IntArray, threshold: float) -> IntArray:
    """The communities, with those cut that hang together through one piece by too little."""
    piece = canonical(piece)
    across = evidence_across(graph, piece)
    low, high = across.low, across.high
    within = np.full(int(piece.max(initial=-1)) + 1, -1, dtype=np.int64)
    within[piece] = community
    inner = within[low] == within[high]
    low, high = low[inner], high[inner]
    result = community.astype(np.int64).copy()
    following = int(community.max(initial=-1)) + 1
    lines = _Lines.of(graph)
    # Two pieces have no third that lies between them.
    several = np.flatnonzero(np.bincount(within)[within] >= 3)
    pieces_of = several[np.argsort(within[several], kind="stable")]
    bounds = np.flatnonzero(np.diff(within[pieces_of])) + 1
    edge_order = np.argsort(within[low], kind="stable")
    edge_owner = within[low][edge_order]
    for members in np.split(pieces_of, bounds):
        if not len(members):
            continue
        start, stop = np.searchsorted(edge_owner, [within[members[0]], within[members[0]] + 1])
        chosen = edge_order[start:stop]
        for middle, sides in _articulations(members, low[chosen], high[chosen]):
            split = _part(graph, lines, piece, middle, sides, threshold)
            if split is not None:
                mask = split & (result == within[middle])
                result[mask] = following
                following += 1
    return canonical(result.astype(np.int32))


def _articulations(members: LongArray, low: IntArray, high: IntArray) -> list[tuple[int, list[LongArray]]]:
    """Pieces without which the others fall apart, with the sides that remain (by Tarjan's low points)."""
    number = {int(item): at for at, item in enumerate(members)}
    neighbours: list[list[int]] = [[] for _ in members]
    for a, b in zip(low.tolist(), high.tolist(), strict=True):
        neighbours[number[a]].append(number[b])
        neighbours[number[b]].append(number[a])
    cut: set[int] = set()
    depth = [-1] * len(members)
    point = [0] * len(members)
    depth[0] = 0
    roots = 0
    stack: list[tuple[int, int, int]] = [(0, -1, 0)]
    while stack:
        item, parent, at = stack.pop()
        if at < len(neighbours[item]):
            stack.append((item, parent, at + 1))
            other = neighbours[item][at]
            if depth[other] < 0:
                depth[other] = point[other] = depth[item] + 1
                stack.append((other, item, 0))
            elif other != parent:
                point[item] = min(point[item], depth[other])
        elif parent >= 0:
            point[parent] = min(point[parent], point[item])
            if parent == 0:
                roots += 1
            elif point[item] >= depth[parent]:
                cut.add(parent)
    if roots > 1:
        cut.add(0)
    found = []
    for middle in sorted(cut):
        kept = (low != members[middle]) & (high != members[middle])
        left = np.array([number[int(item)] for item in low[kept]], dtype=np.int32)
        right = np.array([number[int(item)] for item in high[kept]], dtype=np.int32)
        label: IntArray = components(len(members), left, right)
        apart = int(label[middle])
        sides = [members[label == side] for side in np.unique(label) if side != apart]
        found.append((int(members[middle]), sides))
    return found


def _part(
    graph: Graph,
    lines: _Lines,
    piece: IntArray,
    middle: int,
    sides: list[LongArray],
    threshold: float,
) -> BoolArray | None:
    """The vertices to cut off, if one side and its share of the middle piece hang on by too little."""
    edges = np.flatnonzero((piece[graph.source] == middle) | (piece[graph.target] == middle))
    size = sizes(graph, piece)
    weight = [int(size[side].sum()) for side in sides]
    largest = int(np.argmax(weight))
    for at, side in enumerate(sides):
        if at == largest or weight[at] < FREE_SIZE:
            continue
        # In the little graph around the middle: 0 is the side, 1 all the others, then the vertices of the middle.
        role = np.ones(len(size), dtype=np.int64)
        role[side], role[middle] = 0, 2
        inside = np.flatnonzero(piece == middle)
        place = role[piece]
        place[inside] = 2 + np.arange(len(inside))
        evidence, near = _least_cut(graph, lines, place, len(inside) + 2, edges)
        own = int((inside[near[2:]] < graph.accounts).sum())
        others = sum(weight) - weight[at] + int(size[middle]) - own
        if not enough(evidence, weight[at] + own, others, threshold):
            off: BoolArray = np.isin(piece, side)
            off[inside[near[2:]]] = True
            return off
    return None


def _least_cut(
    graph: Graph, lines: _Lines, place: LongArray, count: int, edges: LongArray
) -> tuple[float, BoolArray]:
    """The weakest cut between places 0 and 1: bits across it, each identifier once, and the places on 0's side.

    An identifier's bits are spread over the edges that rest on it, so that it weighs once (minimum cut by maximum
    flow, Ford and Fulkerson 1956).
    """
    line, edge = lines.of_edges(edges)
    identifier, inverse, uses = np.unique(graph.identifier[line], return_inverse=True, return_counts=True)
    bits = graph.line_bits[line]
    weight = np.bincount(edge, bits / uses[inverse], minlength=len(edges))
    source, target = place[graph.source[edges]], place[graph.target[edges]]
    capacity = np.maximum(np.round(weight * SCALE), 1).astype(np.int32)
    both = coo_matrix(
        (np.tile(capacity, 2), (np.concatenate([source, target]), np.concatenate([target, source]))),
        shape=(count, count),
    ).tocsr()
    residual = both - maximum_flow(both, 0, 1).flow
    residual.data = (residual.data > 0).astype(np.int32)
    residual.eliminate_zeros()
    near = np.zeros(count, dtype=np.bool_)
    near[breadth_first_order(residual, 0, return_predecessors=False)] = True
    across = near[source] != near[target]
    best = np.zeros(len(identifier))
    crossing = across[edge]
    np.maximum.at(best, inverse[crossing], bits[crossing])
    return float(best.sum()), near
