"""Writes a run beside the one that is published: only what differs, under types and on nodes that no reader looks at.

A first load has nothing beside it: it is written as what it is at once, behind a pointer that does not stand yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from linkage.engine.neo4j.elements import Nodes, Relationships
from linkage.engine.neo4j.server import BATCH, Server

# What a publication does to the graph, in this order, in one transaction.
_STEPS = ("retire_relationships", "retire_states", "retire_nodes", "apply_states", "apply_relationships")


class RunWriter:
    """One run's writing, from its load to the steps of its publication."""

    def __init__(self, server: Server, seq: int, *, first: bool) -> None:
        self._server = server
        self._seq = seq
        self.first = first
        self._current = _none()
        self._kept: list[npt.NDArray[np.int64]] = []
        self._gone: list[str] = []
        self.written = {"nodes": 0, "relationships": 0}
        if not first:
            stamps = [row["stamps"] for row in server.read("read_stamps")]
            self._current = np.unique(np.array([one for found in stamps for one in found], dtype=np.int64))

    def nodes(self, nodes: Nodes) -> None:
        """Nodes of one label: new ones, and new states of known ones."""
        if self.first:
            changed, statement = nodes.rows, "load_nodes"
        else:
            known = {
                row["uid"]: row["stamp"] for row in self._server.read("read_node_stamps", label=nodes.label)
            }
            changed = [row for row in nodes.rows if known.pop(row["uid"], None) != row["stamp"]]
            self._gone += known
            statement = "load_states"
        parts = (changed[start : start + BATCH] for start in range(0, len(changed), BATCH))
        self.written["nodes"] += self._server.batched(statement, parts, since=self._seq)

    def relationships(self, found: Relationships) -> None:
        """Relationships of one type: those that do not stand yet."""
        self._kept.append(found.stamp)
        new = np.flatnonzero(~np.isin(found.stamp, self._current))
        self.written["relationships"] += self._server.batched(
            found.statement,
            found.batches(new, BATCH),
            since=self._seq,
            type=found.type if self.first else f"NEXT_{found.type}",
        )

    @property
    def retired(self) -> list[int]:
        """Fingerprints of current relationships that the run does not have (so far as it was written)."""
        stale: list[int] = np.setdiff1d(self._current, np.concatenate([_none(), *self._kept])).tolist()
        return stale

    def steps(self) -> Iterable[tuple[str, Mapping[str, object]]]:
        """What makes the run current, for one transaction."""
        if self.first:
            return []
        params: Mapping[str, object] = {"stamps": self.retired, "uids": self._gone, "until": self._seq}
        return [(name, params) for name in _STEPS]


def _none() -> npt.NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


def drop_unpublished(server: Server, *, published: bool) -> None:
    """Removes what a run left that was never published; before a first publication that is everything."""
    server.run("drop_next_relationships")
    server.run("drop_next_nodes")
    if not published:
        server.run("wipe_relationships")
        server.run("wipe_nodes")
