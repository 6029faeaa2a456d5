"""What `tests.bench.nightly` runs in a process of its own, so that its peak memory is its own: one measurement.

`python -m tests.bench.measure simulate|bare|night JSON` prints its result as one line of JSON.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from linkage.progress import Silent

MEMORY_LIMIT = "2GB"


class Measured(Silent):
    """Seconds, seconds of processor time, and peak memory of each stage."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu: dict[str, float] = {}
        self.peaks: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Around one stage."""
        forget_peak()
        begun = time.process_time()
        with super().stage(name):
            yield
        self.cpu[name] = time.process_time() - begun
        self.peaks[name] = peak_mib()


def forget_peak() -> None:
    """Lets the system's high-water mark start again (Linux; elsewhere it only ever rises)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mib() -> float:
    """The most memory that this process held since `forget_peak`."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def simulate(
    out: str, accounts: int, days: int, exchanges_per_account: float, text: bool, seed: int
) -> dict[str, Any]:
    """Writes a world."""
    from linkage.simulate import simulate as write_world

    begun = time.perf_counter()
    world = write_world(
        Path(out),
        accounts=accounts,
        days=days,
        exchanges_per_account=exchanges_per_account,
        text=text,
        seed=seed,
    )
    return {"rows": world.rows, "seconds": time.perf_counter() - begun, "peak_mib": peak_mib()}


def bare(world: str, one: bool, threads: int | None = None) -> dict[str, Any]:
    """The least that any solution does: every distinct (account, kind, key), with its count.

    A plain DuckDB query over the same files and the same columns as the pipeline's sightings, with the same limits.
    With `one` all event files (exchanges and sessions) in a single GROUP BY account, kind, key; without, the exchanges
    alone and each kind grouped on its own, the cheapest form that was found. `seconds` is None where memory runs out.
    """
    import duckdb

    with tempfile.TemporaryDirectory() as spill:
        limits: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": spill}
        with duckdb.connect(config=limits | ({"threads": threads} if threads else {})) as connection:
            connection.execute("SET preserve_insertion_order = false")
            tables = ("exchanges", "sessions") if one else ("exchanges",)
            columns = [held for table in tables for held in _columns(connection, world, table)]
            form = "" if one else ", count(*) AS n"
            parts = " UNION ALL ".join(
                f"SELECT account_id, '{kind}' AS kind, {column} AS key{form} FROM {_files(world, table)} "
                f"WHERE {column} IS NOT NULL{'' if one else ' GROUP BY ALL'}"
                for table, kind, column in columns
            )
            if one:
                parts = f"SELECT account_id, kind, key, count(*) AS n FROM ({parts}) GROUP BY account_id, kind, key"
            rows = [
                connection.execute(f"SELECT count(*) FROM {_files(world, table)}").fetchone()
                for table in tables
            ]
            begun, cpu = time.perf_counter(), time.process_time()
            try:
                found = connection.execute(f"SELECT count(*), sum(n) FROM ({parts})").fetchone()
            except duckdb.OutOfMemoryException:
                return {"seconds": None}
            seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    assert found is not None
    return {
        "rows": sum(int(row[0]) for row in rows if row),
        "groups": int(found[0]),
        "values": int(found[1]),
        "kinds": sorted({kind for _, kind, _ in columns}),
        "seconds": seconds,
        "cpu": cpu,
        "peak_mib": peak_mib(),
    }


def _columns(connection: Any, world: str, table: str) -> list[tuple[str, str, str]]:
    """The columns of a world's table that are sightings: table, kind and column."""
    from linkage.sightings.feeds import FEEDS

    described = connection.execute(f"DESCRIBE SELECT * FROM {_files(world, table)}").fetchall()
    there = {row[0] for row in described}
    columns = [
        (table, feed.kind, feed.column) for feed in FEEDS if feed.table == table and feed.column in there
    ]
    return columns + ([(table, "prompt", "prompt")] if "prompt" in there else [])


def _files(world: str, table: str) -> str:
    """A table of a world as a table function."""
    folder = Path(world) / table
    pattern = folder / "*.parquet" if folder.is_dir() else folder.with_suffix(".parquet")
    return "read_parquet('" + str(pattern).replace("'", "''") + "')"


def night(world: str, store: str, threads: int | None = None) -> dict[str, Any]:
    """One nightly run, published into a new store that is removed again."""
    from linkage.cli.options import open_engine
    from linkage.nightly import NightlyOptions, run_nightly
    from linkage.settings import load_settings
    from linkage.simulate.tables import AS_OF

    target = Path(store)
    shutil.rmtree(target, ignore_errors=True)
    progress = Measured()
    settings = load_settings(None, {"run.memory_limit": MEMORY_LIMIT, "run.threads": threads})
    options = NightlyOptions(source=Path(world), settings=settings, as_of=AS_OF)
    begun, cpu = time.perf_counter(), time.process_time()
    try:
        record = run_nightly(open_engine(target), options, progress)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        stored = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(target, ignore_errors=True)
    return {
        "rows": record.counts["rows"],
        "counts": record.counts,
        "seconds": seconds,
        "cpu": cpu,
        "peak_mib": max(progress.peaks.values()),
        "stored_mib": stored / (1 << 20),
        "stages": {
            name: {"seconds": took, "cpu": progress.cpu[name], "peak_mib": progress.peaks[name]}
            for name, took in progress.seconds.items()
        },
    }


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"simulate": simulate, "bare": bare, "night": night}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
