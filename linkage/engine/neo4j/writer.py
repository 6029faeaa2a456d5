"""Writes a run beside the one that is published: only what differs, under types and on nodes that no reader looks at.

A first load has nothing beside it: it is written as what it is at once, behind a pointer that does not stand yet.

Uses are what most of a night's differences are, and no partition asks for them: the rows of those that are new or not
what they were wait here, and change what stands in the transaction that publishes.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import numpy.typing as npt

from linkage.engine.neo4j.elements import MARKS, Nodes, Relationships
from linkage.engine.neo4j.server import BATCH, Server, Step
from linkage.engine.neo4j.values import Row

# Fingerprints come in rows of so many nodes.
NODES_AT_ONCE = 500
# What a publication does to the graph once uses and what is over are done with, in this order.
_STEPS = ("retire_states", "retire_nodes", "apply_states", "apply_relationships")


class RunWriter:
    """One run's writing, from its load to the steps of its publication.

    `written` counts what differs from the published run: what was written, and the uses that wait.
    """

    def __init__(self, server: Server, seq: int, *, first: bool) -> None:
        self._server = server
        self._seq = seq
        self.first = first
        self._standing = _Standing([] if first else server.read("read_stamps", size=NODES_AT_ONCE))
        self._known = self._standing.nodes
        self._kept: list[npt.NDArray[np.int64]] = []
        self._waiting: list[Relationships] = []
        self._gone: list[str] = []
        self.written = {"nodes": 0, "relationships": 0}

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
        new = self._standing.missing(found.stamp)
        self.written["relationships"] += len(new)
        if found.type == "USED" and not self.first:
            self._waiting.append(found.only(new))
            return
        self._server.batched(
            found.statement,
            found.batches(new, BATCH),
            since=self._seq,
            type=found.type if self.first else f"NEXT_{found.type}",
        )

    @property
    def retired(self) -> list[int]:
        """Fingerprints of current relationships that the run does not have (so far as it was written)."""
        stale: list[int] = np.unique(self._standing.stamps[self._over()]).tolist()
        return stale

    def publish(self, step: Step) -> None:
        """What makes the run current, all but the pointer: statements of one transaction."""
        if self.first:
            return
        replaced = [stood for found in self._waiting for stood in self._uses(found, step)]
        rows = self._standing.starts(self._over(), np.array(replaced, dtype=np.int64))
        step("retire_relationships", {"rows": rows, "until": self._seq})
        for name in _STEPS:
            step(name, {"uids": self._gone, "until": self._seq})

    def _uses(self, found: Relationships, step: Step) -> list[int]:
        """Writes uses over those of the same account and identifier, others as new ones; fingerprints of the former."""
        stood: list[int] = []
        for part in found.batches(np.arange(len(found.stamp)), BATCH):
            rows = step("replace_used", {"rows": part, "until": self._seq})
            stood += [row["stood"] for row in rows]
            done = {row["stamp"] for row in rows}
            new = [row for row in part if row["stamp"] not in done]
            if new:
                step("load_used", {"rows": new, "since": self._seq})
        return stood

    def _over(self) -> npt.NDArray[np.int64]:
        """Places of what stands and is not kept."""
        kept = np.sort(np.concatenate([_none(), *self._kept]))
        over: npt.NDArray[np.int64] = np.flatnonzero(~_among(self._standing.stamps, kept))
        return over


class _Standing:
    """Fingerprints of what is current: of each node by its name, and of relationships with where they start."""

    def __init__(self, parts: list[Row]) -> None:
        uids = [uid for row in parts for uid in row["uids"]]
        lists = [stamps for row in parts for stamps in row["relationships"]]
        self.nodes = dict(zip(uids, (stamp for row in parts for stamp in row["nodes"]), strict=True))
        self.stamps = np.fromiter(chain.from_iterable(lists), dtype=np.int64)
        self._uids = uids
        self._starts = np.repeat(np.arange(len(uids), dtype=np.int32), [len(stamps) for stamps in lists])
        self._sorted = np.sort(self.stamps)

    def missing(self, stamps: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Places of those that do not stand."""
        places: npt.NDArray[np.int64] = np.flatnonzero(~_among(stamps, self._sorted))
        return places

    def starts(self, places: npt.NDArray[np.int64], but: npt.NDArray[np.int64]) -> list[Row]:
        """Relationships at these places, a row for each node where some start; without those fingerprints."""
        places = places[~_among(self.stamps[places], np.sort(but))]
        found: dict[int, list[int]] = {}
        for start, stamp in zip(self._starts[places].tolist(), self.stamps[places].tolist(), strict=True):
            found.setdefault(start, []).append(stamp)
        return [{"uid": self._uids[start], "stamps": stamps} for start, stamps in found.items()]


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
