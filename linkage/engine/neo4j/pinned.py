"""Statements about one run, in a bounded time, whose rows are those of that run and of no other."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any

from neo4j import Record
from neo4j.time import DateTime

from linkage.engine.neo4j.elements import run_uid
from linkage.engine.neo4j.server import Server
from linkage.engine.watchdog import Deadline
from linkage.errors import LinkageError, StoreError, TimeoutExceededError
from linkage.model import RunRecord

# Commits are over in seconds; a mark that stands longer is of a writer that died between it and its commit.
_STALE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02
_CANCEL_SECONDS = 5.0


class Pin:
    """What all readers of one run know of the server: its last quiet moment.

    The server commits while others read, and a large commit becomes visible piece by piece. Rows stand if nothing was
    published from a quiet moment before they were read to one after, which the number of the published run tells.
    """

    def __init__(self, server: Server, run: RunRecord, number: int) -> None:
        self.server = server
        self.run = run
        self.number = number
        self._uid = run_uid(run.run_id)
        self._quiet: int | None = None
        self._marked_since: float | None = None

    def rows(
        self, name: str, params: Mapping[str, object], deadline: Deadline | None, mark: str
    ) -> list[Record]:
        """The rows of a statement; `mark` is what the server knows it by.

        TimeoutExceededError when the time runs out, StoreError when the run was pruned meanwhile.
        """
        steps: list[tuple[str, Mapping[str, object]]] = [
            (name, {**params, "at": self.number}),
            ("reader/pulse", {"uid": self._uid}),
        ]
        while True:
            before = self._quiet
            found, pulse = self.server.ask(steps, _left(deadline), mark)
            if not pulse or not pulse[0][2]:
                raise StoreError(f"run {self.run.run_id} cannot be read: it was pruned meanwhile")
            published, publishing, _ = pulse[0]
            if publishing and not self._stale():
                time.sleep(_PAUSE_SECONDS)
                continue
            if not publishing:
                self._marked_since = None
            if before == published:
                return found
            self._quiet = published

    def _stale(self) -> bool:
        now = time.monotonic()
        if self._marked_since is None:
            self._marked_since = now
        return now - self._marked_since > _STALE_SECONDS


class Statements:
    """Statements about a pinned run that must be done by a deadline, or before they are cancelled."""

    def __init__(self, pin: Pin, deadline: Deadline | None = None) -> None:
        self.pin = pin
        self._deadline = deadline
        self._mark = uuid.uuid4().hex
        self._running = 0
        self._counted = threading.Lock()

    def rows(self, name: str, /, **params: object) -> list[tuple[Any, ...]]:
        """Values in the order of the statement's columns; times in UTC without a zone, as the tables have them."""
        return [tuple(map(_zoneless, row.values())) for row in self._run(name, params)]

    def read(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """Values by the names of the columns, for the view."""
        return [dict(zip(row.keys(), row.values(), strict=True)) for row in self._run(name, params)]

    def cancel(self) -> None:
        """Ends what runs, without waiting for it, and all that would run; without a deadline it does nothing."""
        if self._deadline is None:
            return
        self._deadline.end()
        with self._counted:
            running = self._running
        if running:
            # Whoever cancels must not wait for a server; what fails here ends by its own time.
            threading.Thread(target=self._end, name="linkage-cancel", daemon=True).start()

    def _run(self, name: str, params: Mapping[str, object]) -> list[Record]:
        with self._counted:
            self._running += 1
        try:
            return self.pin.rows(name, params, self._deadline, self._mark)
        finally:
            with self._counted:
                self._running -= 1

    def _end(self) -> None:
        with contextlib.suppress(LinkageError):
            self.pin.server.ask([("reader/cancel", {"token": self._mark})], _CANCEL_SECONDS)


def _left(deadline: Deadline | None) -> float | None:
    if deadline is None:
        return None
    if deadline.passed:
        raise TimeoutExceededError("no time is left for another statement")
    return deadline.left


def _zoneless(value: Any) -> Any:
    return value.to_native().replace(tzinfo=None) if type(value) is DateTime else value
