"""What a long job says while it runs: a bar on a terminal, JSON lines or plain lines elsewhere, or nothing.

Everything goes to stderr, so that stdout stays free for results.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Literal, Protocol, Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

STAGES = (
    "ingest",
    "sightings",
    "templates",
    "identifiers",
    "profiles",
    "links",
    "communities",
    "judging",
    "campaigns",
    "explanations",
    "publish",
)
"""The stages of a night, in their order."""

LogFormat = Literal["text", "json"]


class Progress(Protocol):
    """What a job tells about itself."""

    @property
    def seconds(self) -> dict[str, float]:
        """The time that each finished stage took."""
        ...

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around one stage; records its seconds, also when it fails."""
        ...

    def note(self, message: str, **fields: object) -> None:
        """Something that whoever reads the log should know."""
        ...

    def detail(self, message: str) -> None:
        """What happens within the stage right now; only a watcher cares."""
        ...


class Silent:
    """Measures and says nothing."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def seconds(self) -> dict[str, float]:
        """The time that each finished stage took, by name; a stage that comes twice adds up."""
        return dict(self._seconds)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Around one stage; records its seconds, also when it fails."""
        self._began(name)
        begun = time.perf_counter()
        failed = True
        try:
            yield
            failed = False
        finally:
            took = time.perf_counter() - begun
            self._seconds[name] = self._seconds.get(name, 0.0) + took
            self._ended(name, took, failed=failed)

    def note(self, message: str, **fields: object) -> None:
        """Says nothing."""

    def detail(self, message: str) -> None:
        """Says nothing."""

    def close(self) -> None:
        """Frees what the display holds."""

    def _began(self, name: str) -> None:
        """Called as a stage begins."""

    def _ended(self, name: str, took: float, *, failed: bool) -> None:
        """Called as a stage ends."""


class Lines(Silent):
    """One plain line for each stage and note; for logs that people read."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr

    def note(self, message: str, **fields: object) -> None:
        """Writes the message and its fields on one line."""
        shown = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        self._line(f"{message}{shown}")

    def _ended(self, name: str, took: float, *, failed: bool) -> None:
        self._line(f"{name}: {'failed after' if failed else 'done in'} {took:.1f} s")

    def _line(self, text: str) -> None:
        stamp = datetime.now(UTC).strftime("%H:%M:%S")
        print(f"{stamp} {one_line(text)}", file=self._stream, flush=True)


class JsonLines(Silent):
    """One JSON object a line: `ts`, `level`, `event`, and what belongs to the event."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._open: list[str] = []

    def note(self, message: str, **fields: object) -> None:
        """Writes `event: note`."""
        self.emit("info", "note", message=message, **fields)

    def detail(self, message: str) -> None:
        """Writes `event: detail` at level debug."""
        self.emit("debug", "detail", message=message)

    def emit(self, level: str, event: str, /, **fields: object) -> None:
        """Writes one line; fields never replace `ts`, `level` and `event`."""
        record: dict[str, object] = {
            "ts": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "event": event,
        }
        if self._open:
            record["stage"] = self._open[-1]
        record |= {name: value for name, value in fields.items() if name not in record}
        print(json.dumps(record, default=_jsonable), file=self._stream, flush=True)

    def _began(self, name: str) -> None:
        self._open.append(name)
        self.emit("info", "stage_began")

    def _ended(self, name: str, took: float, *, failed: bool) -> None:
        self.emit(
            "error" if failed else "info", "stage_failed" if failed else "stage_ended", seconds=round(took, 3)
        )
        self._open.pop()


class Watched(Silent):
    """A progress bar over the stages, for a person at a terminal."""

    def __init__(self, stages: int = len(STAGES)) -> None:
        super().__init__()
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=stages)
        self._name = ""
        self._bar.start()

    def note(self, message: str, **fields: object) -> None:
        """Writes the message above the bar."""
        shown = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        self._bar.console.print(escape(one_line(f"{message}{shown}")))

    def detail(self, message: str) -> None:
        """Shows the message behind the stage's name."""
        self._bar.update(self._task, description=escape(one_line(f"{self._name}: {message}")[:60]))

    def close(self) -> None:
        """Takes the bar off the terminal."""
        self._bar.stop()

    def _began(self, name: str) -> None:
        self._name = name
        self._bar.update(self._task, description=escape(name))

    def _ended(self, name: str, took: float, *, failed: bool) -> None:
        colour, word = ("red", "failed") if failed else ("green", "done")
        self._bar.console.print(f"[{colour}]{word:>6}[/] {escape(name):<12} {took:6.1f} s")
        self._bar.advance(self._task)


class _Forward(logging.Handler):
    """Hands the package's warnings to the progress, so that a log has one form."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.WARNING)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self._progress.note(record.getMessage())


@contextmanager
def shown(log_format: LogFormat = "text", stages: int = len(STAGES)) -> Iterator[Progress]:
    """The progress that fits: JSON lines if asked for, a bar on a terminal, else plain lines.

    Warnings of the package's loggers appear in it while it is open.
    """
    progress: Silent
    if log_format == "json":
        progress = JsonLines()
    elif sys.stderr.isatty():
        progress = Watched(stages)
    else:
        progress = Lines()
    logger = logging.getLogger("linkage")
    handler = _Forward(progress)
    with ExitStack() as stack:
        stack.enter_context(progress)
        logger.addHandler(handler)
        stack.callback(logger.removeHandler, handler)
        yield progress


def one_line(text: str) -> str:
    """The text without what would break a line or steer a terminal: input may hold anything."""
    return "".join(char if char.isprintable() else " " for char in text)


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _jsonable(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    item = getattr(value, "item", None)  # a number of numpy's
    return item() if callable(item) else str(value)
