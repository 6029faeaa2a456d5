"""Cancels statements whose time has run out."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Protocol

_GRAIN = 0.02


class Interruptible(Protocol):
    """What runs statements and can be told from another thread to stop."""

    def interrupt(self) -> None:
        """Stops what runs."""
        ...


class Deadline:
    """When a request must be done: so many seconds from now, or sooner if whoever asked goes away."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def end(self) -> None:
        """The time is up now; from any thread."""
        self._at = float("-inf")

    @property
    def left(self) -> float:
        """Seconds until the time is up; none are left when it is negative."""
        return self._at - time.monotonic()

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._at


class Watchdog:
    """One thread for all statements: a timer a statement would cost more than most statements do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[Deadline, Interruptible]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watching(self, deadline: Deadline, statement: Interruptible) -> Iterator[None]:
        """Interrupts what runs inside when the deadline has passed."""
        token = threading.get_ident()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="linkage-watchdog", daemon=True)
                self._thread.start()
            self._watched[token] = (deadline, statement)
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(token, None)

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_GRAIN):
            with self._lock:
                # Under the lock, so that a statement that has just ended is not the next one's death.
                for deadline, statement in self._watched.values():
                    if deadline.passed:
                        statement.interrupt()
