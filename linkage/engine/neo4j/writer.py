"""Writes a run beside the one that is published: only what differs, under types and on nodes that no reader looks at.

A first load has nothing beside it: it is written as what it is at once, behind a pointer that does not stand yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from linkage.engine.neo4j.elements import MARKS, Nodes, Relationships
from linkage.engine.neo4j.server import BATCH, Server

# Fingerprints come in rows of so many nodes.
NODES_AT_ONCE = 500
# What a publication does to the graph, in this order, in one transaction.
_STEPS = ("retire_relationships", "retire_states", "retire_nodes", "apply_states", "apply_relationships")


class RunWriter:
    """One run's writing, from its load to the steps of its publication."""

    def __init__(self, server: Server, seq: int, *, first: bool) -> None:
        self._server = server
        self._seq = seq
        self.first = first
        self._current = _none()
        self._known: dict[str, int] = {}
        self._kept: list[npt.NDArray[np.int64]] = []
        self._gone: list[str] = []
        self.written = {"nodes": 0, "relationships": 0}
        if not first:
            parts = server.read("read_stamps", size=NODES_AT_ONCE)
            self._known = {
                uid: stamp for row in parts for uid, stamp in zip(row["uids"], row["nodes"], strict=True)
            }
            self._current = np.concatenate(
                [_none(), *(np.array(row["relationships"], dtype=np.int64) for row in parts)]
            )
            self._current.sort()

    def nodes(self, nodes: Nodes) -> None:
        """Nodes of one label: new ones, and new states of known ones."""
        if self.first:
            changed, statement = np.arange(len(nodes.uids)), "load_nodes"
        else:
            stood = [self._known.pop(uid, None) for uid in nodes.uids]
            same = [before == now for before, now in zip(stood, nodes.stamp.tolist(), strict=True)]
            changed, statement = np.flatnonzero(~np.array(same, dtype=np.bool_)), "load_states"
            # What is left of this label is no more. A name begins with its label's letter.
            mark = MARKS[nodes.label]
            self._gone += [uid for uid in self._known if uid.startswith(mark)]
        self.written["nodes"] += self._server.batched(
            statement, nodes.batches(changed, BATCH), since=self._seq
        )

    def relationships(self, found: Relationships) -> None:
        """Relationships of one type: those that do not stand yet."""
        self._kept.append(found.stamp)
        new = np.flatnonzero(~_among(found.stamp, self._current))
        self.written["relationships"] += self._server.batched(
            found.statement,
            found.batches(new, BATCH),
            since=self._seq,
            type=found.type if self.first else f"NEXT_{found.type}",
        )

    @property
    def retired(self) -> list[int]:
        """Fingerprints of current relationships that the run does not have (so far as it was written)."""
        kept = np.sort(np.concatenate([_none(), *self._kept]))
        stale: list[int] = np.unique(self._current[~_among(self._current, kept)]).tolist()
        return stale

    def steps(self) -> Iterable[tuple[str, Mapping[str, object]]]:
        """What makes the run current, for one transaction."""
        if self.first:
            return []
        params: Mapping[str, object] = {"stamps": self.retired, "uids": self._gone, "until": self._seq}
        return [(name, params) for name in _STEPS]


def _none() -> npt.NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


def _among(values: npt.NDArray[np.int64], known: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the values are among the known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: npt.NDArray[np.bool_] = known[place] == values
    return found


def drop_unpublished(server: Server, *, published: bool) -> None:
    """Removes what a run left that was never published; before a first publication that is everything."""
    server.run("drop_next_relationships")
    server.run("drop_next_nodes")
    if not published:
        server.run("wipe_relationships")
        server.run("wipe_nodes")
