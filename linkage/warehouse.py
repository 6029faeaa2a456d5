"""The one place that talks to DuckDB: everything relational runs here, out of core, in SQL.

Static statements live one a file under `linkage/sql`; composed ones are built from our own quoted names.
No caller sees a DuckDB class: results are Arrow, failures are `linkage.errors`.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from linkage.errors import InputError, LinkageError, LockedError, StoreError, TimeoutExceededError

Params = Mapping[str, object]


class SqlError(LinkageError):
    """A statement that DuckDB cannot bind: our bug (exit 70), or a user's expression that callers reword."""


def ident(*names: str) -> str:
    """Quotes a (dotted) identifier: `ident("a b")` is `"a b"`."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(value: object) -> str:
    """Writes a Python value as SQL: text, path, number, boolean, None, or a list or mapping of them."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case list() | tuple():
            return "[" + ", ".join(literal(item) for item in value) + "]"
        case dict():
            pairs = (f"{literal(str(key))}: {literal(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


@cache
def statement(name: str) -> str:
    """The text of `linkage/sql/<name>.sql`; `name` may hold slashes. Raises SqlError if absent."""
    source = resources.files("linkage").joinpath("sql", *f"{name}.sql".split("/"))
    try:
        return source.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SqlError(f"no SQL statement is named {name}") from error


class Warehouse:
    """A DuckDB database, in memory or in a file. Not thread safe: one warehouse, one thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        memory_limit: str = "2GB",
        threads: int | None = None,
        temp_directory: Path | None = None,
        read_only: bool = False,
    ) -> Warehouse:
        """Opens (and creates) the database at `path`, or one in memory.

        Raises StoreError when it cannot be opened, LockedError when another process writes to it.
        """
        if temp_directory is None and path is None:
            # DuckDB would spill into `.tmp` under whatever the current folder is.
            temp_directory = Path(tempfile.gettempdir()) / f"linkage-spill-{os.getpid()}"
        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            # Never reach for the network: everything that is used is built in.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # A table name in SQL must never resolve to a Python variable.
            "python_enable_replacements": False,
        }
        if threads is not None:
            config["threads"] = threads
        if temp_directory is not None:
            config["temp_directory"] = str(temp_directory)
        with translated(opening=True):
            connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
            connection.execute("SET TimeZone = 'UTC'").complete()
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database; a second call does nothing."""
        with translated():
            self._connection.close()

    def run(self, name: str, /, **params: object) -> None:
        """Executes `linkage/sql/<name>.sql` and drops what it returns."""
        self.execute(statement(name), params)

    def query(self, name: str, /, **params: object) -> pa.Table:
        """Executes `linkage/sql/<name>.sql` and returns its rows."""
        return self.arrow(statement(name), params)

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Executes one statement to its end."""
        with translated():
            self._connection.execute(sql, _bound(params)).complete()

    def arrow(self, sql: str, params: Params | None = None) -> pa.Table:
        """The rows of one SELECT, all in memory."""
        with translated():
            return self._connection.sql(sql, params=_bound(params)).to_arrow_table()

    def tuples(self, name: str, /, **params: object) -> list[tuple[Any, ...]]:
        """The rows of `linkage/sql/<name>.sql` as tuples: for small results, where Arrow costs more than it saves.

        TimeoutExceededError when another thread interrupts it.
        """
        with interruptible(), translated():
            rows: list[tuple[Any, ...]] = self._connection.execute(statement(name), _bound(params)).fetchall()
        return rows

    def cursor(self) -> Warehouse:
        """Another connection to the same database, for another thread."""
        with translated():
            connection = self._connection.cursor()
            connection.execute("SET TimeZone = 'UTC'").complete()
        return Warehouse(connection)

    def interrupt(self) -> None:
        """Cancels what runs here; the one verb that another thread may call."""
        self._connection.interrupt()

    def records(self, sql: str, params: Params | None = None) -> list[dict[str, Any]]:
        """The rows of a small SELECT as dictionaries."""
        rows: list[dict[str, Any]] = self.arrow(sql, params).to_pylist()
        return rows

    def scalar(self, sql: str, params: Params | None = None) -> Any:
        """The first column of the first row, or None when there is no row."""
        table = self.arrow(sql, params)
        return table.column(0)[0].as_py() if table.num_rows else None

    def batches(
        self, sql: str, params: Params | None = None, rows: int = 100_000
    ) -> Iterator[pa.RecordBatch]:
        """Streams a SELECT in batches of about `rows` rows; other statements may run between two batches."""
        # A streaming result blocks its connection, so each stream gets one of its own.
        with translated():
            connection = self._connection.cursor()
            connection.execute("SET TimeZone = 'UTC'").complete()
        try:
            with translated():
                relation = connection.sql(sql, params=_bound(params))
                reader = iter(relation.to_arrow_reader(rows))
            while True:
                with translated():
                    batch = next(reader, None)
                if batch is None:
                    return
                yield batch
        finally:
            connection.close()

    def register(self, name: str, table: pa.Table, *, view: bool = False) -> None:
        """Stores an Arrow table under `name`, or with `view` only lends it to this connection."""
        if view:
            with translated():
                self._connection.register(name, table)
            return
        lent = f"__lent_{name}"
        with translated():
            self._connection.register(lent, table)
            try:
                self.execute(f"CREATE OR REPLACE TABLE {ident(name)} AS SELECT * FROM {ident(lent)}")
            finally:
                self._connection.unregister(lent)

    def rows(self, table: str) -> int:
        """How many rows a table or view has."""
        return int(self.scalar(f"SELECT count(*) FROM {ident(table)}"))

    def columns(self, relation: str) -> dict[str, str]:
        """Column names and DuckDB types of a FROM-able text (a quoted name, a table function, a subquery)."""
        described = self.records(f"DESCRIBE SELECT * FROM {relation}")
        return {row["column_name"]: row["column_type"] for row in described}

    def exists(self, name: str) -> bool:
        """Whether a table or view of this name is there."""
        return self._kind(name) is not None

    def drop(self, name: str) -> None:
        """Drops a table or view if it is there (DuckDB refuses `DROP TABLE` on a view)."""
        kind = self._kind(name)
        if kind:
            self.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {ident(name)}")

    def rename(self, name: str, to: str) -> None:
        """Renames a table or view."""
        kind = "VIEW" if self._kind(name) == "VIEW" else "TABLE"
        self.execute(f"ALTER {kind} {ident(name)} RENAME TO {ident(to)}")

    def _kind(self, name: str) -> str | None:
        sql = "SELECT table_type FROM information_schema.tables WHERE lower(table_name) = lower($name)"
        kind: str | None = self.scalar(sql, {"name": name})
        return kind

    def write_parquet(
        self, sql: str, path: Path, params: Params | None = None, *, passing: bool = False
    ) -> None:
        """Writes a SELECT to a Parquet file without holding it in memory; `passing`: larger, and sooner written."""
        form = f"FORMAT parquet, COMPRESSION {'snappy' if passing else 'zstd'}"
        self.execute(f"COPY ({sql}) TO {literal(path)} ({form})", params)


_NO_ROOM = ("No space left", "Disk quota", "max_temp_directory_size", "temporary directory")
_NO_WRITE = (
    "read-only",
    "read only",
    "Permission denied",
    "Cannot open file",
    "Could not write",
    "Failed to write",
)
_LOCKED = ("Could not set lock", "Conflicting lock")
_UNBOUND = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)


def _bound(params: Params | None) -> dict[str, object] | None:
    return dict(params) if params else None


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Statements inside may be cancelled by `interrupt` from another thread: TimeoutExceededError."""
    try:
        yield
    except KeyboardInterrupt as error:
        # What DuckDB raises for `interrupt` and for a signal is one thing; only the first has that cause.
        if isinstance(error.__cause__, duckdb.InterruptException):
            raise TimeoutExceededError("the statement was cancelled: its time ran out") from error
        raise


@contextlib.contextmanager
def translated(*, opening: bool = False) -> Iterator[None]:
    """Turns DuckDB's exceptions into ours, each with the message's first line."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise _translate(error, opening=opening) from error


def _translate(error: duckdb.Error, *, opening: bool) -> LinkageError:
    text = str(error)
    line = next((part.strip() for part in text.splitlines() if part.strip()), type(error).__name__)
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(f"out of memory, or of room to spill: {line}")
    if any(mark in text for mark in _LOCKED):
        return LockedError(f"another process holds the database: {line}")
    if any(mark in text for mark in _NO_ROOM):
        return StoreError(f"no room left on the disk: {line}")
    if isinstance(error, _UNBOUND):
        return SqlError(line)
    if opening or isinstance(error, duckdb.PermissionException):
        return StoreError(f"the database cannot be opened: {line}")
    if any(mark in text for mark in _NO_WRITE):
        return StoreError(f"the database cannot be written: {line}")
    if isinstance(error, duckdb.DataError | duckdb.IOException | duckdb.InvalidInputException):
        return InputError(line)
    if isinstance(error, duckdb.DatabaseError) and type(error) is not duckdb.InternalException:
        return InputError(line)
    if type(error) is duckdb.Error:
        # What is wrong inside a file comes without a class of its own.
        return InputError(line)
    return LinkageError(line) if not isinstance(error, duckdb.InternalException) else SqlError(line)
