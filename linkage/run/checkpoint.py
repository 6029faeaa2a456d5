"""What a run keeps between reading its source and publishing, so that one that died can go on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from linkage.engine.files import writing
from linkage.identifiers.networks import NetworkTable
from linkage.identifiers.registry import Kinds
from linkage.run.context import Night
from linkage.settings import Settings
from linkage.warehouse import Warehouse, ident, literal

# Canonical identifiers and aggregates only: no raw row of the source.
_TABLES = (
    "account",
    "kind_number",
    "identifier",
    "holding",
    "hour",
    "value_count",
    "peak",
    "network",
    "profile",
    "barred",
    "allowed_account",
    "indicated",
    "decision",
)


def networks(warehouse: Warehouse, settings: Settings) -> NetworkTable:
    """What the operator knows of networks."""
    return NetworkTable.build(
        warehouse.arrow("SELECT cidr, asn, country, class FROM clean_ip_ranges"), settings.networks.mmdb
    )


def mark_of(source: Path, settings: Settings, as_of: datetime | None) -> str:
    """A digest of what a checkpoint depends on: names, sizes and times of the source's files, and the settings."""
    files = [
        [str(path.relative_to(source)), path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(source.rglob("*"))
        if path.is_file()
    ]
    text = json.dumps([files, repr(settings), str(as_of)])
    return hashlib.sha256(text.encode()).hexdigest()


def save(warehouse: Warehouse, folder: Path, mark: str, night: Night) -> None:
    """Writes what was observed into the run's scratch folder; the marker comes last."""
    scratch = folder / "work"
    with writing(folder):
        scratch.mkdir(parents=True, exist_ok=True)
        for table in _TABLES:
            warehouse.write_parquet(
                f"SELECT * FROM {ident(table)}", scratch / f"{table}.parquet", passing=True
            )
        state = {"mark": mark, "accounts": night.accounts, "as_of": night.as_of, "counts": night.counts}
        (scratch / "observed.json").write_text(json.dumps(state), encoding="utf-8")


def load(warehouse: Warehouse, folder: Path, mark: str, settings: Settings) -> Night | None:
    """What an earlier try of this run observed; None where there is nothing, or the source has changed since."""
    scratch = folder / "work"
    try:
        state = json.loads((scratch / "observed.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if state.get("mark") != mark:
        return None
    for table in _TABLES:
        path = literal(scratch / f"{table}.parquet")
        warehouse.execute(f"CREATE OR REPLACE TABLE {ident(table)} AS SELECT * FROM read_parquet({path})")
    names = [str(row["name"]) for row in warehouse.records("SELECT name FROM kind_number ORDER BY kind")]
    return Night(
        kinds=Kinds.build(dict(settings.kinds), names),
        accounts=int(state["accounts"]),
        as_of=int(state["as_of"]),
        counts=dict(state["counts"]),
    )


@contextlib.contextmanager
def spill_folder(folder: Path) -> Iterator[Path]:
    """A folder for what does not fit in memory; emptied of an earlier try's leavings, and removed at the end."""
    spill = folder / "spill"
    with writing(folder):
        shutil.rmtree(spill, ignore_errors=True)
        spill.mkdir(parents=True)
    try:
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def keep_tables(warehouse: Warehouse, folder: Path) -> None:
    """Writes every named table of the run for whoever wants to look at it; raw input rows are left out."""
    kept = folder / "tables"
    with writing(folder):
        kept.mkdir(parents=True, exist_ok=True)
    names = warehouse.records(
        "SELECT table_name AS name FROM information_schema.tables "
        "WHERE table_type = 'BASE TABLE' AND table_name NOT LIKE 'clean!_%' ESCAPE '!' "
        "AND table_name NOT LIKE 'raw!_%' ESCAPE '!' ORDER BY 1"
    )
    for row in names:
        name = str(row["name"])
        warehouse.write_parquet(f"SELECT * FROM {ident(name)}", kept / f"{name}.parquet")
