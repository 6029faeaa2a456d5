"""Open runs: one reader a run, shared by all requests; a newly published run is opened aside and then takes over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TypeVar

from linkage.engine.reader import Reader, ReaderSource
from linkage.errors import LinkageError, StoreError

T = TypeVar("T")
#: How often the store is asked which run is published.
_LOOK_SECONDS = 1.0
#: How many older runs stay open besides the published one.
_KEPT = 3
_log = logging.getLogger("linkage.api")


@dataclass
class _Open:
    reader: Reader
    users: int = 0
    retired: bool = False
    used_at: float = field(default_factory=time.monotonic)


class Registry:
    """Lends readers; one that nobody needs any more is closed when its last borrower gives it back."""

    def __init__(self, source: ReaderSource, executor: Executor) -> None:
        self._source = source
        self._executor = executor
        self._open: dict[str, _Open] = {}
        self._opening: dict[str, asyncio.Task[_Open]] = {}
        self._current: str | None = None
        self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def lend(self, run_id: str | None = None) -> AsyncIterator[Reader]:
        """A reader of the published run, or of another; StoreError where there is none."""
        held = await self._named(run_id) if run_id is not None else await self._published()
        held.users += 1
        held.used_at = time.monotonic()
        try:
            yield held.reader
        finally:
            held.users -= 1
            if held.retired and held.users == 0:
                await self._in_thread(held.reader.close)

    async def reach(self) -> None:
        """Asks where the runs are kept which one is published; LinkageError where nobody answers."""
        await self._in_thread(self._source.published)

    async def close(self) -> None:
        """Closes all runs."""
        if self._looking is not None:
            self._looking.cancel()
        for held in self._open.values():
            await self._in_thread(held.reader.close)
        self._open.clear()

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    async def _published(self) -> _Open:
        if self._current is None:
            run_id = await self._in_thread(self._source.published)
            if run_id is None:
                raise StoreError("the store has no published run")
            try:
                held = await self._named(run_id)
            except LinkageError as error:
                self._cannot_open(error)
                raise
            self._current, self._looked_at = run_id, time.monotonic()
            return held
        if time.monotonic() - self._looked_at > _LOOK_SECONDS and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return self._open[self._current]

    async def _look(self) -> None:
        """Opens what is newly published; until it is open, what was served before still is."""
        try:
            run_id = await self._in_thread(self._source.published)
            if run_id is not None and run_id != self._current:
                await self._named(run_id)
                self._current = run_id
                await self._retire()
        except LinkageError as error:
            self._cannot_open(error)
        finally:
            self._looked_at = time.monotonic()
            self._looking = None

    @staticmethod
    def _cannot_open(error: LinkageError) -> None:
        """Tells who runs the service; what a request asked for has no part in it, so that the text may stand here."""
        _log.warning("the published run cannot be opened: %s", error)

    async def _named(self, run_id: str) -> _Open:
        held = self._open.get(run_id)
        if held is not None:
            return held
        # One task for all who wait, and it goes on if one of them gives up.
        if run_id not in self._opening:
            self._opening[run_id] = asyncio.create_task(self._opened(run_id))
        return await asyncio.shield(self._opening[run_id])

    async def _opened(self, run_id: str) -> _Open:
        try:
            held = _Open(await self._in_thread(lambda: self._source.reader(run_id)))
            self._open[run_id] = held
            await self._retire()
            return held
        finally:
            del self._opening[run_id]

    async def _retire(self) -> None:
        older = sorted(
            (held.used_at, run_id) for run_id, held in self._open.items() if run_id != self._current
        )
        for _, run_id in older[: max(len(older) - _KEPT, 0)]:
            held = self._open.pop(run_id)
            held.retired = True
            if held.users == 0:
                await self._in_thread(held.reader.close)
