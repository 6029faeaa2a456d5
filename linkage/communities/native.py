"""Leiden inside each component, by a native library (graspologic-native, MIT), the only importer of it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import graspologic_native
import numpy as np

from linkage.communities.bridges import part_bridges
from linkage.communities.cut import canonical, components, rejoin
from linkage.communities.graph import Graph
from linkage.links.holdings import IntArray

# A component of up to this many accounts has no two sides of three.
LEAST_TO_CUT = 6

_known: WeakKeyDictionary[Graph, dict[tuple[float, int], IntArray]] = WeakKeyDictionary()
"""Partitions of graphs that are still in use: the last round of joins has cut the very graph that the run keeps."""


def leiden_pieces(graph: Graph, label: IntArray, seed: int) -> IntArray:
    """Pieces of the components that could be cut: each star with its members, and Leiden's pieces of the rest.

    Modularity would tear members with links of their own out of a large star, whose evidence ties all of its members
    alike; so a star and those who belong to it most are one piece. Leiden (Traag, Waltman, van Eck 2019) sees what is
    left. A piece number for each vertex.
    """
    size = np.bincount(label[: graph.accounts], minlength=int(label.max(initial=-1)) + 1)
    home = star_of(graph)
    free = home < 0
    piece = np.where(free, label.astype(np.int64), len(size) + home)
    inner = free[graph.source] & free[graph.target] & (size[label[graph.source]] >= LEAST_TO_CUT)
    following = len(size) + graph.vertices
    edge_label = label[graph.source[inner]]
    order = np.argsort(edge_label, kind="stable")
    bounds = np.flatnonzero(np.diff(edge_label[order])) + 1
    alone = free & (size[label] >= LEAST_TO_CUT)
    piece[alone] = following + np.flatnonzero(alone)
    following += graph.vertices
    for chosen in np.split(np.flatnonzero(inner)[order], bounds):
        edges = list(
            zip(
                map(str, graph.source[chosen].tolist()),
                map(str, graph.target[chosen].tolist()),
                graph.bits[chosen].tolist(),
                strict=True,
            )
        )
        if not edges:
            continue
        _, found = graspologic_native.leiden(edges=edges, seed=seed)
        for vertex, part in found.items():
            piece[int(vertex)] = following + part
        following += max(found.values()) + 1
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


def partition(graph: Graph, threshold: float, seed: int) -> IntArray:
    """Communities: components, cut where little joins their sides; a number for each vertex."""
    known = _known.setdefault(graph, {})
    if (threshold, seed) not in known:
        label = components(graph.vertices, graph.source, graph.target)
        piece = leiden_pieces(graph, label, seed)
        known[threshold, seed] = part_bridges(graph, piece, rejoin(graph, piece, threshold), threshold)
    return known[threshold, seed].copy()
