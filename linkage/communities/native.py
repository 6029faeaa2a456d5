"""Leiden inside each component, by a native library (graspologic-native, MIT), the only importer of it."""

from __future__ import annotations

import graspologic_native
import numpy as np

from linkage.communities.cut import components, rejoin
from linkage.communities.graph import Graph
from linkage.links.holdings import IntArray

# A component of up to this many accounts has no two sides of three.
LEAST_TO_CUT = 6


def leiden_pieces(graph: Graph, label: IntArray, seed: int) -> IntArray:
    """Leiden (Traag, Waltman, van Eck 2019) on every component that could be cut; a piece number for each vertex."""
    piece = label.astype(np.int64).copy()
    size = np.bincount(label[: graph.accounts], minlength=int(label.max(initial=-1)) + 1)
    large = np.flatnonzero(size >= LEAST_TO_CUT)
    if not len(large):
        return label
    edge_label = label[graph.source]
    order = np.argsort(edge_label, kind="stable")
    start = np.searchsorted(edge_label[order], large, side="left")
    stop = np.searchsorted(edge_label[order], large, side="right")
    following = int(label.max()) + 1
    for low, high in zip(start, stop, strict=True):
        chosen = order[low:high]
        edges = list(
            zip(
                map(str, graph.source[chosen].tolist()),
                map(str, graph.target[chosen].tolist()),
                graph.bits[chosen].tolist(),
                strict=True,
            )
        )
        _, found = graspologic_native.leiden(edges=edges, seed=seed)
        for vertex, part in found.items():
            if part:
                piece[int(vertex)] = following + part
        following += max(found.values()) + 1
    return piece.astype(np.int32)


def partition(graph: Graph, threshold: float, seed: int) -> IntArray:
    """Communities: components, cut where little joins their sides; a number for each vertex."""
    label = components(graph.vertices, graph.source, graph.target)
    return rejoin(graph, leiden_pieces(graph, label, seed), threshold)
