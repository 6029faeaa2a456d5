"""What one request carries: who asks, the run that it reads, its loaders, and what it may not see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from strawberry.types import Info

from api.auth import Principal
from api.errors import ApiError
from api.loaders import Loaders
from api.opaque import Sealer
from api.settings import Bounds
from linkage.engine.readable import IdentifierName
from linkage.engine.reader import Reader
from linkage.model import RunRecord

T = TypeVar("T")
#: So many objects of personal data are named in the log; all are counted.
NAMED_OBJECTS = 1_000
#: So long a thread may take to notice that it was cancelled.
_LAST_SECONDS = 2.0
WITHHELD = "the role viewer may not read personal data"


@dataclass
class Context:
    """One request. `reader` is pinned and bound to the request's time."""

    principal: Principal
    reader: Reader
    executor: Executor
    sealer: Sealer
    bounds: Bounds
    ledger: Callable[[], Sequence[RunRecord]]
    statements: int = 0
    withheld: set[str] = field(default_factory=set)
    personal: dict[str, None] = field(default_factory=dict)
    personal_total: int = 0

    def __post_init__(self) -> None:
        self.loaders = Loaders(self)
        self._running: set[Future[Any]] = set()

    async def read(self, verb: Callable[[], T]) -> T:
        """One verb of the reader, in a thread: the event loop never waits for the database."""
        self.statements += 1
        running = self.executor.submit(verb)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(running)

    async def give_up(self) -> None:
        """Ends the database work of the request, and waits for the threads that are at it."""
        self.reader.cancel()
        if left := [asyncio.wrap_future(running) for running in tuple(self._running)]:
            ended, _ = await asyncio.wait(left, timeout=_LAST_SECONDS)
            for one in ended:
                # What it ended with is no news any more; a future that nobody asks complains.
                _ = one.cancelled() or one.exception()

    def reveal(self, field_name: str, reference: str, value: T) -> T | None:
        """Personal data, with the reading of it noted; None and a reason for who may not see it."""
        if not self.principal.personal:
            self.withheld.add(field_name)
            return None
        if value is not None:
            self.note(reference)
        return value

    def note(self, reference: str) -> None:
        """Notes that personal data of this object is read."""
        if reference not in self.personal:
            self.personal_total += 1
            if len(self.personal) < NAMED_OBJECTS:
                self.personal[reference] = None

    def identifier_id(self, name: IdentifierName) -> str:
        """The opaque id of an identifier."""
        return self.sealer.seal("Identifier", list(name))

    def extensions(self) -> dict[str, Any]:
        """What the response says besides its data."""
        said: dict[str, Any] = {"run": self.reader.run.run_id, "statements": self.statements}
        if self.withheld:
            said["withheld"] = [{"field": name, "reason": WITHHELD} for name in sorted(self.withheld)]
        return said


def of(info: Info[Any, Any]) -> Context:
    """The request's context."""
    context: Context = info.context
    return context


def bounded(info: Info[Any, Any], size: int, most: int | None = None) -> int:
    """A page size within the bounds; BAD_INPUT beyond."""
    limit = of(info).bounds.page if most is None else most
    if not 1 <= size <= limit:
        raise ApiError("BAD_INPUT", f"a page has 1 to {limit:,} rows")
    return size
