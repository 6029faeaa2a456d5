"""Writing tables: one file or a folder of parts, as Parquet, CSV or JSON lines, the same bytes each time."""

from pathlib import Path
from types import TracebackType
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

Format = Literal["parquet", "csv", "jsonl"]
#: Columns whose values hardly repeat: a dictionary would only cost time.
_UNIQUE = {"exchange_id", "ts", "prompt", "email", "created_at", "input_tokens", "output_tokens"}


class Sink:
    """A table being written under `out`: every `write` adds rows (or, in a folder, a part file)."""

    def __init__(self, out: Path, name: str, fmt: Format, *, folder: bool = False) -> None:
        self.rows = 0
        self._target, self._fmt, self._folder = out / name, fmt, folder
        self._parts = 0
        self._open: pa.parquet.ParquetWriter | pa.csv.CSVWriter | None = None
        if folder:
            self._target.mkdir()

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write(self, table: pa.Table) -> None:
        """Append the rows."""
        self.rows += table.num_rows
        path = self._target / f"part-{self._parts:05d}.{self._fmt}" if self._folder else self._file()
        if self._fmt == "jsonl":
            _append_json(path, _plain(table))
        else:
            table = table if self._fmt == "parquet" else _plain(table)
            self._open = self._open or self._writer(path, table.schema)
            self._open.write_table(table)
        self._parts += 1
        if self._folder:
            self._close()

    def _file(self) -> Path:
        return self._target.with_name(f"{self._target.name}.{self._fmt}")

    def _writer(self, path: Path, schema: pa.Schema) -> "pa.parquet.ParquetWriter | pa.csv.CSVWriter":
        if self._fmt == "csv":
            return pa.csv.CSVWriter(path, schema)
        repeating = [name for name in schema.names if name not in _UNIQUE]
        # The Arrow schema is left out: a reader should see strings, not our dictionaries.
        return pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=repeating,
            store_schema=False,
        )

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _plain(table: pa.Table) -> pa.Table:
    """Dictionaries as strings and times as ISO 8601 text, for the formats that know neither."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            columns.append(pc.strftime(column, "%Y-%m-%dT%H:%M:%SZ"))
        elif pa.types.is_dictionary(column.type):
            columns.append(column.cast(column.type.value_type))
        else:
            columns.append(column)
    return pa.table(columns, names=table.column_names)


def _append_json(path: Path, table: pa.Table) -> None:
    """Add the rows to a file of JSON lines; DuckDB writes them faster than Python can."""
    part = path.with_name(path.name + ".part")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("rows", table)
        connection.execute(f"COPY rows TO '{_quoted(part)}' (FORMAT json)")
    with path.open("ab") as whole:
        whole.write(part.read_bytes())
    part.unlink()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
