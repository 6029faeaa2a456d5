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
    sizes,
)
from linkage.communities.graph import Graph
from linkage.communities.places import Places
from linkage.links.holdings import BoolArray, IntArray, LongArray
from linkage.numbering import numbered, runs

# Flows are whole numbers: hundredths of a bit.
SCALE = 100.0


@dataclass(frozen=True)
class _Around:
    """What lies in and at each piece, found once for all pieces that are tried."""

    lines: Places
    size: IntArray
    vertices: Places
    edges: Places
    outer: LongArray
    count: int

    @classmethod
    def of(cls, graph: Graph, piece: IntArray) -> _Around:
        """Sorted once for all lookups."""
        size = sizes(graph, piece)
        source, target = piece[graph.source], piece[graph.target]
        # An edge inside a piece touches it once.
        outer = np.flatnonzero(source != target)
        return cls(
            lines=Places.of(graph.edge, len(graph.source)),
            size=size,
            vertices=Places.of(piece, len(size)),
            edges=Places.of(np.concatenate([source, target[outer]]), len(size)),
            outer=outer,
            count=len(source),
        )

    def edges_of(self, piece: int) -> LongArray:
        """The edges with an end in a piece, ascending."""
        found = self.edges[piece]
        return np.sort(
            np.concatenate([found[found < self.count], self.outer[found[found >= self.count] - self.count]])
        )


def part_bridges(graph: Graph, piece: IntArray, community: IntArray, threshold: float) -> IntArray:
    """The communities, with those cut that hang together through one piece by too little."""
    piece = canonical(piece)
    low, high = _touching(graph, piece)
    within = np.full(int(piece.max(initial=-1)) + 1, -1, dtype=np.int64)
    within[piece] = community
    inner = within[low] == within[high]
    low, high = low[inner], high[inner]
    result = community.astype(np.int64).copy()
    following = int(community.max(initial=-1)) + 1
    # Two pieces have no third that lies between them.
    several = np.flatnonzero(np.bincount(within)[within] >= 3)
    if not len(several):
        return canonical(result.astype(np.int32))
    around = _Around.of(graph, piece)
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
            split = _part(graph, around, piece, middle, sides, threshold)
            if split is not None:
                mask = split & (result == within[middle])
                result[mask] = following
                following += 1
    return canonical(result.astype(np.int32))


def _touching(graph: Graph, piece: IntArray) -> tuple[LongArray, LongArray]:
    """Pairs of pieces with edges between them, low < high, sorted."""
    low = np.minimum(piece[graph.source], piece[graph.target]).astype(np.int64)
    high = np.maximum(piece[graph.source], piece[graph.target]).astype(np.int64)
    pieces = int(piece.max(initial=-1)) + 1
    pair, _ = numbered((low * pieces + high)[low != high])
    return pair // max(pieces, 1), pair % max(pieces, 1)


def _articulations(members: LongArray, low: LongArray, high: LongArray) -> list[tuple[int, list[LongArray]]]:
    """Pieces without which the others fall apart, with the sides that remain (by Tarjan's low points)."""
    # The members of a community ascend.
    start, stop = np.searchsorted(members, low), np.searchsorted(members, high)
    neighbours: list[list[int]] = [[] for _ in members]
    for a, b in zip(start.tolist(), stop.tolist(), strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
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
        kept = (start != middle) & (stop != middle)
        label: IntArray = components(len(members), start[kept].astype(np.int32), stop[kept].astype(np.int32))
        apart = int(label[middle])
        sides = [members[label == side] for side in np.unique(label) if side != apart]
        found.append((int(members[middle]), sides))
    return found


def _part(
    graph: Graph, around: _Around, piece: IntArray, middle: int, sides: list[LongArray], threshold: float
) -> BoolArray | None:
    """The vertices to cut off, if one side and its share of the middle piece hang on by too little."""
    weight = [int(around.size[side].sum()) for side in sides]
    largest = int(np.argmax(weight))
    tried = [at for at in range(len(sides)) if at != largest and weight[at] >= FREE_SIZE]
    if not tried:
        return None
    edges, inside = around.edges_of(middle), around.vertices[middle]
    ends = np.stack([graph.source[edges], graph.target[edges]])
    near_middle = piece[ends] == middle
    at_middle = 2 + np.searchsorted(inside, ends[near_middle])
    for at in tried:
        # In the little graph around the middle: 0 is the side, 1 all the others, then the vertices of the middle.
        place = 1 - np.isin(piece[ends], sides[at]).astype(np.int64)
        place[near_middle] = at_middle
        evidence, near = _least_cut(graph, around.lines, place, len(inside) + 2, edges)
        own = int((inside[near[2:]] < graph.accounts).sum())
        others = sum(weight) - weight[at] + int(around.size[middle]) - own
        if not enough(evidence, weight[at] + own, others, threshold):
            off: BoolArray = np.isin(piece, sides[at])
            off[inside[near[2:]]] = True
            return off
    return None


def _least_cut(
    graph: Graph, lines: Places, ends: LongArray, count: int, edges: LongArray
) -> tuple[float, BoolArray]:
    """The weakest cut between places 0 and 1: bits across it, each identifier once, and the places on 0's side.

    `ends` are the places of the edges' sources and targets.
    An identifier's bits are spread over the edges that rest on it, so that it weighs once (minimum cut by maximum
    flow, Ford and Fulkerson 1956).
    """
    length = lines.pointer[edges + 1] - lines.pointer[edges]
    edge = np.repeat(np.arange(len(edges), dtype=np.int64), length)
    line = lines.order[runs(lines.pointer[edges], length)]
    identifier, inverse = numbered(graph.identifier[line])
    uses = np.bincount(inverse)
    bits = graph.line_bits[line]
    weight = np.bincount(edge, bits / uses[inverse], minlength=len(edges))
    source, target = ends
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
