"""What a partition found in a component, for when the same component is cut again.

Rounds of joins change few components, and a cut looks at nothing outside its component: the others keep what was found,
and only the changed ones are cut again. A component is the same when its edges, their bits and the evidence behind
them are the same, in the same order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from hashlib import blake2b
from weakref import WeakKeyDictionary

import numpy as np

from linkage.communities.cut import canonical, components
from linkage.communities.graph import Graph, Origin
from linkage.communities.pieces import LEAST_TO_CUT, Proposer, cut_pieces
from linkage.communities.places import Places
from linkage.links.holdings import BoolArray, ByteArray, IntArray, LongArray
from linkage.numbering import runs

_KEPT = 3
"""Partitions whose components are remembered: a graph with ties and the one without take turns."""
_DIGEST = 20


@dataclass(frozen=True)
class _Begun:
    """The components of a graph's origin that have edges: a vertex of each, ascending, and a row with its digest."""

    vertex: LongArray
    digest: ByteArray


class Remembered:
    """Cuts graphs, each component once. The result is that of `partition_by`."""

    def __init__(self) -> None:
        self._found: deque[dict[bytes, IntArray]] = deque(maxlen=_KEPT)
        self._begun: WeakKeyDictionary[Origin, _Begun] = WeakKeyDictionary()

    def partition(self, graph: Graph, threshold: float, seed: int, propose: Proposer) -> IntArray:
        """Communities; a number for each vertex. `propose` must be the same for the same seed."""
        label = components(graph.vertices, graph.source, graph.target)
        result = label.astype(np.int64)
        if graph.origin not in self._begun:
            self._begun[graph.origin] = _begun(graph)
        marks = _marks(
            graph, label, self._begun[graph.origin], repr((threshold, seed, graph.min_families)).encode()
        )
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


def _begun(graph: Graph) -> _Begun:
    """What all graphs of one origin begin with is digested once: they differ in a few edges."""
    own = slice(0, graph.origin.edges)
    label = components(graph.vertices, graph.source[own], graph.target[own])
    digests = _digests(graph, 0, label)
    held = np.array(sorted(digests), dtype=np.int64)
    first = np.unique(label, return_index=True)[1]
    rows = np.frombuffer(b"".join(digests[one] for one in held.tolist()), dtype=np.uint8)
    return _Begun(first[held], rows.reshape(len(held), _DIGEST))


def _marks(graph: Graph, label: IntArray, begun: _Begun, salt: bytes) -> dict[int, bytes]:
    """A digest of each component that could be cut; the others, which are whole, have none."""
    count = int(label.max(initial=-1)) + 1
    accounts = np.bincount(label[: graph.accounts], minlength=count)
    stars = np.bincount(label[graph.accounts :], minlength=count)
    wanted = np.flatnonzero((accounts >= LEAST_TO_CUT) | (stars > 0))
    parts = Places.of(label[begun.vertex], count)
    rows = begun.digest[parts.order]
    added = _digests(graph, graph.origin.edges, label)
    alike = blake2b(salt, digest_size=_DIGEST)
    alike.update(np.ascontiguousarray(graph.family).data)
    alike.update(np.ascontiguousarray(graph.near_proof).data)
    marks: dict[int, bytes] = {}
    for component in wanted.tolist():
        digest = alike.copy()
        digest.update(rows[parts.pointer[component] : parts.pointer[component + 1]].data)
        digest.update(added.get(component, b""))
        marks[component] = digest.digest()
    return marks


def _digests(graph: Graph, start: int, label: IntArray) -> dict[int, bytes]:
    """By component a digest of its edges and their evidence: of the origin's edges (`start` 0), or of those added."""
    stop = graph.origin.edges if start == 0 else len(graph.source)
    lines = slice(0, graph.origin.lines) if start == 0 else slice(graph.origin.lines, None)
    of_edge = label[graph.source[start:stop]]
    edges = Places.of(of_edge, int(label.max(initial=-1)) + 1)
    of_line = Places.of(graph.edge[lines] - start, stop - start)
    held = np.diff(of_line.pointer)[edges.order]
    # All lines, those of one component together: each column is then gathered once and looked at in slices.
    line = of_line.order[runs(of_line.pointer[edges.order], held)]
    first = np.append(0, np.cumsum(held))[edges.pointer]
    of_edges = [
        column[start:stop][edges.order] for column in (graph.source, graph.target, graph.bits, graph.whole)
    ]
    of_lines = [column[lines][line] for column in (graph.identifier, graph.line_bits)]
    digests: dict[int, bytes] = {}
    for component in np.flatnonzero(np.diff(edges.pointer)).tolist():
        digest = blake2b(digest_size=_DIGEST)
        for values in (*of_edges, held):
            digest.update(values[edges.pointer[component] : edges.pointer[component + 1]].data)
        for values in of_lines:
            digest.update(values[first[component] : first[component + 1]].data)
        digests[component] = digest.digest()
    return digests


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
        whole=graph.whole[kept],
    )
