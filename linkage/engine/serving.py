"""The file that a run is served from: its tables sorted for pages, in DuckDB's own format, made once a run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from linkage.engine.files import StoreFolder
from linkage.errors import InputError, StoreError
from linkage.warehouse import Warehouse, ident, literal

#: A new layout has a new name, so that no reader meets the tables of another version.
SERVING_FILE = "serving-3.duckdb"
_SOURCES = (
    "accounts",
    "memberships",
    "rings",
    "details",
    "identifiers",
    "holdings",
    "links",
    "evidence",
    "changes",
    "stars",
    "star_members",
    "joins",
    "join_evidence",
    "campaigns",
    "campaign_rings",
    "campaign_accounts",
)
# In this order: later tables are made of earlier ones.
_TABLES = (
    "account", "member", "ring", "identifier", "holding", "holder", "link", "ring_link", "link_end", "evidence",
    "ring_identifier", "change", "ring_star", "star_member", "ring_join", "join_evidence",
    "campaign", "campaign_ring", "campaign_account",
)  # fmt: skip


def serving_file(store: StoreFolder, run_id: str) -> Path:
    """The run's file, made now if it is not there; in a folder for passing files where the store is read-only."""
    folder = store.run_folder(run_id)
    path = folder / SERVING_FILE
    if path.is_file():
        return path
    if not os.access(folder, os.W_OK):
        folder = Path(tempfile.mkdtemp(prefix="linkage-serving-"))
        path = folder / SERVING_FILE
    handle, name = tempfile.mkstemp(prefix=f".{SERVING_FILE}.", suffix=".part", dir=folder)
    os.close(handle)
    part = Path(name)
    part.unlink()
    try:
        _build(store.run_folder(run_id), part, run_id)
        # Two readers may make it at once: both files are the same, and the last one stays.
        part.replace(path)
    except OSError as error:
        raise StoreError(f"run {run_id} cannot be served: {error.strerror}") from error
    finally:
        for left in (part, part.with_name(part.name + ".wal")):
            with contextlib.suppress(OSError):
                left.unlink()
    return path


def _build(source: Path, path: Path, run_id: str) -> None:
    with Warehouse.open(path, temp_directory=path.parent / f"{path.name}.spill") as warehouse:
        for name in _SOURCES:
            file = literal(source / f"{name}.parquet")
            try:
                warehouse.execute(
                    f"CREATE TEMP VIEW {ident('source_' + name)} AS SELECT * FROM read_parquet({file})"
                )
            except InputError as error:
                raise StoreError(f"run {run_id} cannot be read: {error}") from error
        for name in _TABLES:
            warehouse.run(f"serving/{name}")
        warehouse.execute("CHECKPOINT")
