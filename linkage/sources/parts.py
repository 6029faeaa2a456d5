"""A part: rows of one table that are read in one way, under the contract's column names but not yet checked.

Its relation has one column for each contract column that the source has, `_file`, `_line` and `_row`. What
follows is the same for a scan of Parquet and for a text file that was parsed into a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linkage.errors import InputError, StoreError, UsageError
from linkage.sources.contracts import Contract
from linkage.sources.discover import Feed, SourceFile
from linkage.sources.mapping import Mapping, map_columns
from linkage.sources.masking import masked
from linkage.sources.textfile import Header
from linkage.warehouse import SqlError, Warehouse, ident, literal


@dataclass(frozen=True)
class Part:
    """One part of a table's input.

    `where` names the part in messages. `scan` is FROM-able text with the columns of `types` (DuckDB types by
    contract column); `located` has `_file`, `_line` (NULL where it must be looked up) and `_row` (unique
    within the file) besides. `stored` names the table that holds the rows when they were parsed, and is None
    for Parquet. `headers` are the CSV files' headers. `unknown` are the source's columns that nothing uses.
    """

    number: int
    where: str
    scan: str
    located: str
    types: dict[str, str]
    stored: str | None = None
    undated: bool = False
    unknown: tuple[str, ...] = ()
    headers: tuple[tuple[SourceFile, Header], ...] = ()


@contextmanager
def blamed(where: str, *, configured: bool = False) -> Iterator[None]:
    """Names the input in whatever goes wrong inside; `configured`: an SQL error is the user's."""
    try:
        yield
    except (UsageError, StoreError):
        raise
    except SqlError as error:
        if not configured:
            raise
        raise UsageError(f"{where}: {masked(str(error))}") from error
    except InputError as error:
        text = masked(str(error))
        raise InputError(text if text.startswith(where) else f"{where}: cannot be read ({text})") from error


def parquet_part(
    warehouse: Warehouse, contract: Contract, feed: Feed, files: list[SourceFile], number: int
) -> Part:
    """Parquet files as they lie: nothing is copied."""
    paths = literal([str(file.path) for file in files])
    union = ", union_by_name = true" if len(files) > 1 else ""
    options = f"{union}, binary_as_string = true, hive_partitioning = false"
    reader = f"read_parquet({paths}{options})"
    where = files[0].name if len(files) == 1 else f"{contract.table} ({len(files)} Parquet files)"
    mapping: Mapping | None = None
    unknown: dict[str, None] = {}
    for file in files:
        with blamed(file.name):
            alone = f"read_parquet({literal(file.path)}, binary_as_string = true, hive_partitioning = false)"
            names = warehouse.columns(alone)
        mapping = map_columns(contract, feed, names, file.name)
        unknown.update(dict.fromkeys(mapping.unknown))
    assert mapping is not None  # noqa: S101
    with blamed(where, configured=bool(feed.columns)):
        names = warehouse.columns(reader)
        mapping = map_columns(contract, feed, names, where)
        selected = _selected(mapping)
        scan = f"(SELECT {selected} FROM {reader})"
        types = warehouse.columns(scan)
    located = (
        f"(SELECT {selected}, __file AS _file, file_row_number + 1 AS _line, file_row_number AS _row"
        f" FROM read_parquet({paths}{options}, filename = '__file', file_row_number = true))"
    )
    return Part(number, where, scan, located, types, undated=feed.undated, unknown=tuple(unknown))


def query_part(warehouse: Warehouse, contract: Contract, feed: Feed, number: int) -> Part:
    """The result of a configured query, kept as a table because it may be dear to run again."""
    assert feed.query is not None  # noqa: S101
    where = f"sources.{feed.name}: query"
    stored = f"part_{contract.table}_{number}"
    warehouse.drop(stored)
    with blamed(where, configured=True):
        names = warehouse.columns(f"({feed.query})")
        mapping = map_columns(contract, feed, names, where)
        selected = _selected(mapping)
        warehouse.execute(
            f"CREATE TABLE {ident(stored)} AS SELECT {selected}, {literal(f'query {feed.name}')} AS _file,"
            f" CAST(NULL AS BIGINT) AS _line FROM ({feed.query})"
        )
    types = {
        name: kind for name, kind in warehouse.columns(ident(stored)).items() if name in mapping.expressions
    }
    return stored_part(stored, where, types, feed, number, mapping.unknown)


def stored_part(
    stored: str,
    where: str,
    types: dict[str, str],
    feed: Feed,
    number: int,
    unknown: tuple[str, ...],
    headers: tuple[tuple[SourceFile, Header], ...] = (),
) -> Part:
    """A part over a table that was filled row by row in the order of its source."""
    located = f"(SELECT *, rowid AS _row FROM {ident(stored)})"
    return Part(number, where, ident(stored), located, types, stored, feed.undated, unknown, headers)


def _selected(mapping: Mapping) -> str:
    columns = [f"{expression} AS {ident(name)}" for name, expression in mapping.expressions.items()]
    return ", ".join(columns) or "NULL AS _nothing"


def shown_name(path: str, source_dir: Path) -> str:
    """A file's name as people know it: relative to the source folder."""
    return str(Path(path).relative_to(source_dir)) if Path(path).is_relative_to(source_dir) else path
