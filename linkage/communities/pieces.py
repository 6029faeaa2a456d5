"""Pieces that a community algorithm proposes, and the rule that says which cuts between them stand."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from linkage.communities.bridges import part_bridges
from linkage.communities.cut import canonical, components, rejoin
from linkage.communities.graph import Graph
from linkage.links.holdings import FloatArray, IntArray

# A component of up to this many accounts has no two sides of three.
LEAST_TO_CUT = 6


class Proposer(Protocol):
    """Leiden (Traag, Waltman, van Eck 2019) by modularity inside each component on its own."""

    def __call__(
        self, source: IntArray, target: IntArray, bits: FloatArray, component: IntArray
    ) -> tuple[IntArray, IntArray]:
        """For edges with the number of their component: the vertices, and a piece number for each.

        Piece numbers of different components differ.
        """
        ...


def pieces_of(graph: Graph, label: IntArray, propose: Proposer) -> IntArray:
    """Pieces of the components that could be cut: each star with its members, and what is proposed for the rest.

    Modularity would tear members with links of their own out of a large star, whose evidence ties all of its members
    alike; so a star and those who belong to it most are one piece. The algorithm sees what is left. A piece number for
    each vertex.
    """
    size = np.bincount(label[: graph.accounts], minlength=int(label.max(initial=-1)) + 1)
    home = star_of(graph)
    free = home < 0
    piece = np.where(free, label.astype(np.int64), len(size) + home)
    inner = free[graph.source] & free[graph.target] & (size[label[graph.source]] >= LEAST_TO_CUT)
    following = len(size) + graph.vertices
    alone = free & (size[label] >= LEAST_TO_CUT)
    piece[alone] = following + np.flatnonzero(alone)
    following += graph.vertices
    if inner.any():
        _, component = np.unique(label[graph.source[inner]], return_inverse=True)
        vertex, part = propose(
            graph.source[inner], graph.target[inner], graph.bits[inner], component.astype(np.int32)
        )
        piece[vertex] = following + part
    return canonical(piece)


def star_of(graph: Graph) -> IntArray:
    """The star that each account belongs to most (its own number for a star), −1 for accounts of none."""
    home = np.full(graph.vertices, -1, dtype=np.int64)
    home[graph.accounts :] = np.arange(graph.accounts, graph.vertices)
    member = np.flatnonzero(graph.target >= graph.accounts)
    order = np.lexsort((graph.target[member], -graph.bits[member], graph.source[member]))
    account, first = np.unique(graph.source[member][order], return_index=True)
    home[account] = graph.target[member][order][first]
    return home.astype(np.int32)


def cut_pieces(graph: Graph, label: IntArray, threshold: float, propose: Proposer) -> IntArray:
    """Communities from connected components: cut where little joins their sides; a number for each vertex."""
    piece = pieces_of(graph, label, propose)
    return part_bridges(graph, piece, rejoin(graph, piece, threshold), threshold)


def partition_by(graph: Graph, threshold: float, propose: Proposer) -> IntArray:
    """Communities: components, cut where little joins their sides; a number for each vertex."""
    return cut_pieces(graph, components(graph.vertices, graph.source, graph.target), threshold, propose)
