"""What a partition found in a component, for when the same component is cut again.

Rounds of joins change few components, and a cut looks at nothing outside its component: the others keep what was found,
and only the changed ones are cut again. A component is the same when its edges, their bits and the evidence behind
them are the same, in the same order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from linkage.communities.cut import canonical, components
from linkage.communities.graph import Graph
from linkage.communities.pieces import LEAST_TO_CUT, Proposer, cut_pieces
from linkage.communities.places import Places
from linkage.links.holdings import BoolArray, IntArray, runs

_KEPT = 3
"""Partitions whose components are remembered: a graph with ties and the one without take turns."""


class Remembered:
    """Cuts graphs, each component once. The result is that of `partition_by`."""

    def __init__(self) -> None:
        self._found: deque[dict[bytes, IntArray]] = deque(maxlen=_KEPT)

    def partition(self, graph: Graph, threshold: float, seed: int, propose: Proposer) -> IntArray:
        """Communities; a number for each vertex. `propose` must be the same for the same seed."""
        label = components(graph.vertices, graph.source, graph.target)
        result = label.astype(np.int64)
        marks = _marks(graph, label, repr((threshold, seed, graph.min_families)).encode())
        vertices = Places.of(label, int(label.max(initial=-1)) + 1)
        known = {mark: found for old in self._found for mark, found in old.items()}
        fresh = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.bool_)
        fresh[[component for component, mark in marks.items() if mark not in known]] = True
        cut = np.empty(0, dtype=np.int32)
        if fresh.any():
            cut = cut_pieces(_only(graph, fresh[label[graph.source]]), label, threshold, propose).astype(
                np.int64
            )
        following = graph.vertices
        for component, mark in marks.items():
            members = vertices[component]
            found = cut[members] if fresh[component] else known[mark]
            known[mark] = canonical(found)
            result[members] = following + known[mark]
            following += len(members)
        self._found.append({mark: known[mark] for mark in marks.values()})
        return canonical(result)


def _marks(graph: Graph, label: IntArray, salt: bytes) -> dict[int, bytes]:
    """A digest of each component that could be cut; the others, which are whole, have none."""
    count = int(label.max(initial=-1)) + 1
    accounts = np.bincount(label[: graph.accounts], minlength=count)
    stars = np.bincount(label[graph.accounts :], minlength=count)
    wanted = np.flatnonzero((accounts >= LEAST_TO_CUT) | (stars > 0))
    edges = Places.of(label[graph.source], count)
    lines = Places.of(graph.edge, len(graph.source))
    held = np.diff(lines.pointer)[edges.order]
    # All lines, those of one component together: each column is then gathered once and looked at in slices.
    line = lines.order[runs(lines.pointer[edges.order], held)]
    first = np.append(0, np.cumsum(held))[edges.pointer]
    of_edges = [values[edges.order] for values in (graph.source, graph.target, graph.bits)] + [held]
    of_lines = [values[line] for values in (graph.identifier, graph.line_bits)]
    alike = blake2b(salt, digest_size=20)
    alike.update(np.ascontiguousarray(graph.family).data)
    alike.update(np.ascontiguousarray(graph.near_proof).data)
    marks: dict[int, bytes] = {}
    for component in wanted.tolist():
        digest = alike.copy()
        for values in of_edges:
            digest.update(values[edges.pointer[component] : edges.pointer[component + 1]].data)
        for values in of_lines:
            digest.update(values[first[component] : first[component + 1]].data)
        marks[component] = digest.digest()
    return marks


def _only(graph: Graph, kept: BoolArray) -> Graph:
    """The graph with some of its edges and all of its vertices."""
    number = np.cumsum(kept) - 1
    lines = kept[graph.edge]
    return replace(
        graph,
        source=graph.source[kept],
        target=graph.target[kept],
        bits=graph.bits[kept],
        edge=number[graph.edge[lines]],
        identifier=graph.identifier[lines],
        line_bits=graph.line_bits[lines],
    )
