"""Reads the labels of one explicit file, in any format of the contract and under any names of columns."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError, UsageError
from linkage.settings import Settings, SourceSettings
from linkage.sources import ingest
from linkage.warehouse import Warehouse

_COLUMNS = "account_id, ring_id, campaign_id, role"


def read_labels(path: Path, settings: Settings | None = None) -> pa.Table:
    """The rows of a labels file (or folder of files): account_id, ring_id, campaign_id, role.

    `[sources.labels]` of the settings says how its columns are called; the file is always `path`. In a
    configured query `{file}` stands for it and `{dir}` for its folder; one that reads another file is a
    UsageError. Raises InputError for a file that is missing or breaks the contract.
    """
    settings = settings or Settings()
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    source = _source(path.absolute(), settings)
    # Reading one table is reading a folder without any other; some account must be there, hence the stand-in.
    stand_in = SourceSettings(name="accounts", table="accounts", query="SELECT 'nobody' AS account_id")
    alone = replace(settings, sources=(source, stand_in))
    with tempfile.TemporaryDirectory(prefix="linkage-labels-") as folder, Warehouse.open() as warehouse:
        # An empty folder: tables that happen to lie beside the labels are not looked at.
        empty = Path(folder) / "empty"
        empty.mkdir()
        ingest(warehouse, empty, alone, Path(folder) / "quarantine")
        return warehouse.arrow(f"SELECT {_COLUMNS} FROM clean_labels")


def _source(path: Path, settings: Settings) -> SourceSettings:
    configured = [source for source in settings.sources if source.table == "labels"]
    if len(configured) > 1:
        raise UsageError("sources.labels: evaluate reads one labels file, but several sources are configured")
    if not configured:
        return SourceSettings(name="labels", table="labels", file=str(path))
    source = configured[0]
    if source.query is None:
        return replace(source, file=str(path))
    if "{file}" not in source.query and path.name not in source.query:
        raise UsageError(f"sources.labels: the configured query does not read {path.name}")
    # The query's folder is the one of the file, since the labels may lie elsewhere than the night's tables.
    query = source.query.replace("{file}", _inside(path)).replace("{dir}", _inside(path.parent))
    return replace(source, query=query)


def _inside(path: Path) -> str:
    """The path as it stands between the quotes of an SQL text."""
    return str(path).replace("'", "''")
