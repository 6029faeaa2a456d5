"""The ledger of runs, and the pointer to the one that is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.engine.neo4j.elements import run_uid
from linkage.engine.neo4j.server import Server
from linkage.engine.records import record_of, record_text
from linkage.errors import StoreError, UnknownRunError
from linkage.model import RunRecord


@dataclass(frozen=True)
class Entry:
    """A run with its number: later runs have greater ones."""

    seq: int
    run: RunRecord


class Ledger:
    """Reads and writes the nodes of runs."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def entries(self) -> Sequence[Entry]:
        """All runs, oldest first."""
        found = [Entry(int(row["seq"]), _record(row)) for row in self._server.read("read_runs")]
        return sorted(found, key=lambda entry: (entry.run.started_at, entry.run.run_id))

    def current(self) -> str | None:
        """The id of the published run."""
        rows = self._server.read("read_pointer")
        return str(rows[0]["run_id"]) if rows and rows[0]["run_id"] is not None else None

    def node(self, run_id: str) -> tuple[RunRecord, Mapping[str, Any]]:
        """A run and all that its node holds; UnknownRunError when there is none."""
        rows = self._server.read("read_run", uid=run_uid(run_id))
        if not rows:
            raise UnknownRunError(f"{self._server.login.uri} has no run {run_id}")
        return _record(rows[0]["run"]), rows[0]["run"]

    def write(self, run: RunRecord, seq: int) -> None:
        """A run's entry; `seq` counts for a new one only."""
        self._server.write(
            "write_run",
            uid=run_uid(run.run_id),
            seq=seq,
            run_id=run.run_id,
            status=run.status,
            record=record_text(run),
        )


def _record(row: Mapping[str, Any]) -> RunRecord:
    try:
        return record_of(row["record"])
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise StoreError(f"the record of run {row.get('run_id')} cannot be read") from error
