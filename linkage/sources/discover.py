"""Finds the files of each table: those that the configuration names, else those that the contract names."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linkage.errors import InputError, UsageError
from linkage.settings import Settings, SourceSettings
from linkage.sources.contracts import CONTRACTS

FORMATS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True)
class SourceFile:
    """One file: `name` is its path relative to the source folder, `format` csv, tsv, jsonl or parquet."""

    path: Path
    name: str
    format: str
    compression: str | None = None


@dataclass(frozen=True)
class Feed:
    """Where some rows of a table come from: files or a query, with the names that its columns have there."""

    table: str
    name: str
    files: tuple[SourceFile, ...] = ()
    query: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    undated: bool = False


def discover(source_dir: Path, settings: Settings) -> dict[str, tuple[Feed, ...]]:
    """The feeds of each table, in the contract's order; a table without any is not in the result.

    Raises InputError for a missing folder, a table that two files claim, or a file of unknown format;
    UsageError for a source that names an unknown table or column.
    """
    if not source_dir.is_dir():
        raise InputError(f"{source_dir}: there is no such folder")
    configured: dict[str, list[SourceSettings]] = {}
    for source in settings.sources:
        _check(source)
        configured.setdefault(source.table, []).append(source)
    found: dict[str, tuple[Feed, ...]] = {}
    for table in CONTRACTS:
        sources = configured.get(table) or [SourceSettings(name=table, table=table)]
        feeds = tuple(feed for source in sources for feed in _feeds(source_dir, source))
        if feeds:
            found[table] = feeds
    return found


def _check(source: SourceSettings) -> None:
    contract = CONTRACTS.get(source.table)
    if contract is None:
        near = difflib.get_close_matches(source.table, CONTRACTS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(CONTRACTS)}"
        raise UsageError(f"sources.{source.name}: unknown table {source.table} ({hint})")
    for column in source.columns:
        if contract.column(column) is None:
            near = difflib.get_close_matches(column, contract.names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(contract.names)}"
            raise UsageError(
                f"sources.{source.name}: columns.{column}: {source.table} has no such column ({hint})"
            )
    if source.format is not None and source.format not in FORMATS.values():
        known = ", ".join(dict.fromkeys(FORMATS.values()))
        raise UsageError(f"sources.{source.name}: format {source.format} is none of {known}")


def _feeds(source_dir: Path, source: SourceSettings) -> Iterator[Feed]:
    columns = tuple((name.lower(), expression) for name, expression in source.columns.items())
    if source.query is not None:
        query = source.query.strip().rstrip(";").replace("{dir}", str(source_dir).replace("'", "''"))
        yield Feed(source.table, source.name, query=query, columns=columns, undated=source.undated)
        return
    paths = _named(source_dir, source.file) if source.file is not None else _default(source_dir, source.table)
    files = tuple(_file(path, source_dir, source) for path in paths)
    if files:
        yield Feed(source.table, source.name, files=files, columns=columns, undated=source.undated)


def _named(source_dir: Path, pattern: str) -> list[Path]:
    path = source_dir / pattern
    if path.is_dir():
        return _inside(path)
    if path.is_file():
        return [path]
    if Path(pattern).is_absolute():
        anchor = Path(pattern).anchor
        found = Path(anchor).glob(str(Path(pattern).relative_to(anchor)))
    else:
        found = source_dir.glob(pattern)
    return sorted((item for item in found if item.is_file()), key=str)


def _default(source_dir: Path, table: str) -> list[Path]:
    claims = [
        path
        for path in sorted(source_dir.iterdir())
        if (path.is_dir() and path.name.lower() == table) or (path.is_file() and _stem(path) == table)
    ]
    if len(claims) > 1:
        names = ", ".join(path.name for path in claims)
        raise InputError(f"{table}: one file or one folder is wanted, but there are {names}")
    return [path for claim in claims for path in (_inside(claim) if claim.is_dir() else [claim])]


def _stem(path: Path) -> str | None:
    """The table that a file's name stands for, or None when its extension is unknown."""
    name = path.name.lower()
    for ending in ("", *COMPRESSIONS):
        for extension in FORMATS:
            if name.endswith(extension + ending):
                return name.removesuffix(extension + ending)
    return None


def _inside(folder: Path) -> list[Path]:
    """The data files under a folder; hidden files and markers such as `_SUCCESS` are none."""
    return [
        path
        for path in sorted(folder.rglob("*"), key=str)
        if path.is_file() and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]


def _file(path: Path, source_dir: Path, source: SourceSettings) -> SourceFile:
    name = str(path.relative_to(source_dir)) if path.is_relative_to(source_dir) else str(path)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    extension = (
        (suffixes[-2] if len(suffixes) > 1 else "") if compression else (suffixes[-1] if suffixes else "")
    )
    kind = source.format or FORMATS.get(extension)
    if kind is None:
        raise InputError(f"{name}: unknown format (known: {' '.join(FORMATS)}, each plain, .gz or .zst)")
    if kind == "parquet" and compression:
        raise InputError(f"{name}: Parquet is compressed inside, not outside")
    return SourceFile(path, name, kind, compression)
