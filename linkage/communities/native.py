"""Leiden inside each component, by a native library (graspologic-native, MIT), the only importer of it."""

from __future__ import annotations

from functools import partial
from weakref import WeakKeyDictionary

import graspologic_native
import numpy as np

from linkage.communities.graph import Graph
from linkage.communities.remembered import Remembered
from linkage.links.holdings import FloatArray, IntArray

_known: WeakKeyDictionary[Graph, dict[tuple[float, int], IntArray]] = WeakKeyDictionary()
"""Partitions of graphs that are still in use: the last round of joins has cut the very graph that the run keeps."""
_components = Remembered()


def leiden(
    source: IntArray, target: IntArray, bits: FloatArray, component: IntArray, *, seed: int
) -> tuple[IntArray, IntArray]:
    """The vertices of the edges, and the piece of each: see `Proposer`."""
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order])) + 1
    vertices: list[int] = []
    parts: list[int] = []
    following = 0
    for chosen in np.split(order, bounds):
        edges = list(
            zip(
                map(str, source[chosen].tolist()),
                map(str, target[chosen].tolist()),
                bits[chosen].tolist(),
                strict=True,
            )
        )
        _, found = graspologic_native.leiden(edges=edges, seed=seed)
        for vertex, part in found.items():
            vertices.append(int(vertex))
            parts.append(following + part)
        following += max(found.values()) + 1
    return np.array(vertices, dtype=np.int32), np.array(parts, dtype=np.int32)


def partition(graph: Graph, threshold: float, seed: int) -> IntArray:
    """Communities: components, cut where little joins their sides; a number for each vertex."""
    known = _known.setdefault(graph, {})
    if (threshold, seed) not in known:
        known[threshold, seed] = _components.partition(graph, threshold, seed, partial(leiden, seed=seed))
    return known[threshold, seed].copy()
