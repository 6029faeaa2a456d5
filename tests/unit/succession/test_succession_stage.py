"""The stage: from clean tables to sightings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from helpers.source import write_source
from helpers.succession import SPARE, SWAP, write_succession

from linkage.identifiers.registry import Kinds
from linkage.profiles import see_days
from linkage.run.horizon import read_source
from linkage.settings import Settings
from linkage.sightings.stage import build_kinds, see
from linkage.succession import see_succession
from linkage.warehouse import Warehouse


@contextmanager
def seen(source: Path, folder: Path) -> Iterator[tuple[Warehouse, Kinds, int]]:
    with Warehouse.open(None) as warehouse:
        report = read_source(
            warehouse, source, Settings(), folder / "quarantine", datetime(2026, 3, 1, tzinfo=UTC)
        )
        kinds, _ = build_kinds(warehouse, {})
        see(warehouse, kinds)
        see_days(warehouse)
        yield warehouse, kinds, report.accounts


def values(warehouse: Warehouse, kinds: Kinds) -> dict[str, list[str]]:
    """What was added, by kind."""
    rows = warehouse.records("SELECT kind, value FROM raw_value ORDER BY value")
    names = ("hand_off", "spare_account", "pool_swap")
    return {name: [row["value"] for row in rows if row["kind"] == kinds.number(name)] for name in names}


def test_pairs_become_values_that_both_hold(tmp_path):
    with seen(write_succession(tmp_path / "source"), tmp_path) as (warehouse, kinds, accounts):
        assert see_succession(warehouse, kinds, accounts) == 3
        handed = f"{SPARE[0]} refused, {SPARE[1]} sends it within 5 s"
        swapped = f"{SWAP[0]} barred, {SWAP[1]} begins within 1 h"
        assert values(warehouse, kinds) == {
            "hand_off": [handed],
            "spare_account": [handed],
            "pool_swap": [swapped],
        }
        held = warehouse.records(
            "SELECT account_id, count FROM raw_holding JOIN account ON hash(account_id) = account_hash "
            f"WHERE kind = {kinds.number('spare_account')} ORDER BY account_id"
        )
        assert held == [{"account_id": SPARE[0], "count": 0}, {"account_id": SPARE[1], "count": 4}]
        for gone in ("asked_text", "barred", "succeeded"):
            assert not warehouse.exists(gone)


def test_prompts_are_asked_as_they_were_written(tmp_path):
    with seen(write_succession(tmp_path / "source", prompts=True), tmp_path) as (warehouse, kinds, accounts):
        see_succession(warehouse, kinds, accounts)
        # Each prompt is sent by the two of them only, and once: no text is handed on again and again, the pair is.
        found = values(warehouse, kinds)
        assert found["hand_off"] == []
        assert found["spare_account"] == [f"{SPARE[0]} refused, {SPARE[1]} sends it within 5 s"]


def test_without_refusals_and_bans_there_is_nothing(tmp_path):
    with seen(write_source(tmp_path / "source"), tmp_path) as (warehouse, kinds, accounts):
        before = warehouse.rows("raw_holding")
        assert see_succession(warehouse, kinds, accounts) == 0
        assert warehouse.rows("raw_holding") == before
