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


def bare(world: str, threads: int | None = None) -> dict[str, Any]:
    """The least that any solution does: every distinct (account, kind, key) of the exchanges, with its count.

    A plain DuckDB query over the same files and the same columns as the pipeline's sightings, with the same limits.
    Each kind is grouped on its own: as fast as one GROUP BY over all kinds where that has room (over prompts it runs
    out of memory), and three times as fast as UNPIVOT.
    """
    import duckdb

    from linkage.sightings.feeds import FEEDS

    with tempfile.TemporaryDirectory() as spill:
        limits: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": spill}
        with duckdb.connect(config=limits | ({"threads": threads} if threads else {})) as connection:
            connection.execute("SET preserve_insertion_order = false")
            files = _files(world)
            described = connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()
            there = {row[0] for row in described}
            columns = [
                (feed.kind, feed.column)
                for feed in FEEDS
                if feed.table == "exchanges" and feed.column in there
            ]
            if "prompt" in there:
                columns.append(("prompt", "prompt"))
            parts = " UNION ALL ".join(
                f"SELECT account_id, '{kind}' AS kind, {column} AS key, count(*) AS n FROM {files} "
                f"WHERE {column} IS NOT NULL GROUP BY ALL"
                for kind, column in columns
            )
            begun, cpu = time.perf_counter(), time.process_time()
            found = connection.execute(f"SELECT count(*), sum(n) FROM ({parts})").fetchone()
            seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
            rows = connection.execute(f"SELECT count(*) FROM {files}").fetchone()
    assert found is not None
    assert rows is not None
    return {
        "exchanges": int(rows[0]),
        "groups": int(found[0]),
        "values": int(found[1]),
        "kinds": [kind for kind, _ in columns],
        "seconds": seconds,
        "cpu": cpu,
        "peak_mib": peak_mib(),
    }


def _files(world: str) -> str:
    """The exchanges of a world as a table function."""
    folder = Path(world) / "exchanges"
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
