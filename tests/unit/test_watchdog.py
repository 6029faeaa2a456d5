"""A statement that runs too long ends, and the next one on the same connection does not."""

import time
from pathlib import Path

import pytest

from linkage import warehouse
from linkage.engine.watchdog import Deadline, Watchdog
from linkage.errors import TimeoutExceededError
from linkage.warehouse import Warehouse

LONG = (
    "SELECT count(*) FROM range(100000000) AS one, range(100000) AS other WHERE hash(one.range) = other.range"
)


def test_it_cancels_what_takes_too_long_and_only_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(warehouse, "statement", {"long": LONG, "short": "SELECT 1"}.__getitem__)
    watchdog = Watchdog()
    with Warehouse.open() as main:
        cursor = main.cursor()
        started = time.monotonic()
        with (
            pytest.raises(TimeoutExceededError, match="time ran out"),
            watchdog.watching(Deadline(0.2), cursor),
        ):
            cursor.tuples("long")
        assert 0.1 < time.monotonic() - started < 10
        with watchdog.watching(Deadline(60), cursor):
            assert cursor.tuples("short") == [(1,)]
        cursor.close()
    watchdog.close()
