"""CSV, TSV and JSON lines: parsed once into a table of texts, malformed records straight to quarantine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.sources.contracts import Contract
from linkage.sources.discover import Feed, SourceFile
from linkage.sources.mapping import Mapping, map_columns
from linkage.sources.parts import Part, blamed, stored_part
from linkage.sources.textfile import MAX_LINE, Header, check_stream, line_numbers, normalised, read_header
from linkage.warehouse import Warehouse, ident, literal

# Stands between no two fields: the line reader must see a whole line as one.
_NEVER = "\x01"
# What DuckDB says of a file whose kinds of line end are mixed.
_MIXED = "invalid state"


def text_part(
    warehouse: Warehouse, contract: Contract, feed: Feed, files: list[SourceFile], number: int, scratch: Path
) -> Part:
    """Parses text files into one table, in the order of the files and of their rows."""
    loader = _Loader(warehouse, contract, feed, f"part_{contract.table}_{number}", scratch)
    loader.create()
    mappings: list[Mapping] = []
    headers: list[tuple[SourceFile, Header]] = []
    for file in files:
        check_stream(file)
        if file.format == "jsonl":
            mappings.append(loader.load_json(file))
            continue
        header = read_header(file)
        mappings.append(loader.map_header(file, header))
        headers.append((loader.load_csv(file, header, mappings[-1]), header))
    present = {name for mapping in mappings for name in mapping.expressions}
    types = {name: "VARCHAR" for name in contract.names if name in present}
    unknown = tuple(dict.fromkeys(name for mapping in mappings for name in mapping.unknown))
    return stored_part(loader.stored, contract.table, types, feed, number, unknown, tuple(headers))


@dataclass(frozen=True)
class _Loader:
    """Fills the table `stored`: contract columns as text, `_file`, and `_line` where it is known at once."""

    warehouse: Warehouse
    contract: Contract
    feed: Feed
    stored: str
    scratch: Path

    def create(self) -> None:
        self.warehouse.drop(self.stored)
        columns = ", ".join(f"{ident(name)} VARCHAR" for name in self.contract.names)
        self.warehouse.execute(f"CREATE TABLE {ident(self.stored)} ({columns}, _file VARCHAR, _line BIGINT)")

    def map_header(self, file: SourceFile, header: Header) -> Mapping:
        """Maps a CSV file's columns; raises InputError where a name that is used stands there twice."""
        mapping = map_columns(self.contract, self.feed, header.names, file.name)
        for expression in mapping.expressions.values():
            name = expression.strip('"').lower()
            if name in header.twice:
                raise InputError(f"{file.name}: more than one column is called {name}")
        return mapping

    def load_csv(self, file: SourceFile, header: Header, mapping: Mapping) -> SourceFile:
        """Reads a CSV file; gives the file, or the copy with like line ends that was read in its place."""
        even = self._evened(file) if header.mixed else file
        try:
            self._insert_csv(even, header, mapping)
        except InputError as error:
            if header.mixed or _MIXED not in str(error):
                raise
            even = self._evened(file)
            self._insert_csv(even, header, mapping)
        if self.warehouse.rows("reject_errors"):
            # The reader counts a record of many lines as one, so the line follows from the byte.
            positions = self.warehouse.query("sources/rejected_positions").column(0).to_pylist()
            places = {"position": positions, "number": line_numbers(even, positions)}
            self.warehouse.register("reject_places", pa.table(places), view=True)
            self.warehouse.run("sources/rejected_renumbered")
            self._keep_rejects(file)
        return even

    def load_json(self, file: SourceFile) -> Mapping:
        """Reads a file of JSON objects, one a line."""
        read_lines(self.warehouse, file, "json_lines")
        self.warehouse.run("sources/json_numbered")
        if self.warehouse.rows("reject_errors"):
            self.warehouse.run("sources/rejected_lines")
            self.warehouse.run("sources/json_renumbered")
        self._keep_rejects(file)
        self.warehouse.run(
            "sources/json_unsound",
            table=self.contract.table,
            file=file.name,
            sensitive=self.contract.sensitive,
        )
        found = self.warehouse.query("sources/json_names").column("name").to_pylist()
        # Names in SQL differ by more than case; the most frequent writing stands.
        names = list({name.lower(): name for name in reversed(found) if name}.values())
        sound = bool(self.warehouse.scalar("SELECT count(*) FROM json_numbered WHERE sound"))
        # A file without a row has no columns to miss.
        mapping = map_columns(self.contract, self.feed, names if sound else self.contract.names, file.name)
        if sound:
            structure = json.dumps(dict.fromkeys(names, "VARCHAR"), ensure_ascii=False)
            self._insert(
                file,
                mapping,
                "__line",
                f"(SELECT unnest(json_transform(line, {literal(structure)})), number AS __line"
                " FROM json_numbered WHERE sound)",
            )
        for table in ("json_lines", "json_numbered"):
            self.warehouse.execute(f"DROP TABLE {table}")
        return mapping

    def _insert_csv(self, file: SourceFile, header: Header, mapping: Mapping) -> None:
        columns = dict.fromkeys(header.names, "VARCHAR")
        reader = _read_csv(
            file,
            columns=columns,
            skip=header.lines,
            delim=header.delimiter,
            quote='"',
            escape='"',
            nullstr=["", "\\N"],
        )
        _drop_rejects(self.warehouse)
        self._insert(file, mapping, "NULL", reader)

    def _insert(self, file: SourceFile, mapping: Mapping, line: str, rows: str) -> None:
        texts = ", ".join(
            f"CAST({mapping.expressions.get(name, 'NULL')} AS VARCHAR)" for name in self.contract.names
        )
        with blamed(file.name, configured=bool(self.feed.columns)):
            self.warehouse.execute(
                f"INSERT INTO {ident(self.stored)} SELECT {texts}, {literal(file.name)}, {line} FROM {rows}"
            )

    def _evened(self, file: SourceFile) -> SourceFile:
        number = sum(1 for _ in self.scratch.iterdir())
        return normalised(file, self.scratch / f"{self.stored}_{number}.csv")

    def _keep_rejects(self, file: SourceFile) -> None:
        self.warehouse.run(
            "sources/rejected_records",
            table=self.contract.table,
            file=file.name,
            sensitive=self.contract.sensitive,
        )
        _drop_rejects(self.warehouse)


def read_lines(warehouse: Warehouse, file: SourceFile, table: str) -> None:
    """Reads a file's lines into a temporary table in order, `line` NULL where blank.

    Lines that are not UTF-8 are left out and stand in `reject_errors`.
    """
    for strict in (True, False):
        reader = _read_csv(
            file,
            columns={"line": "VARCHAR"},
            delim=_NEVER,
            quote="",
            escape="",
            strict_mode=strict,
        )
        _drop_rejects(warehouse)
        try:
            with blamed(file.name):
                warehouse.execute(f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS SELECT line FROM {reader}")
        except InputError as error:
            if strict and _MIXED in str(error):
                continue
            raise
        return


def _read_csv(file: SourceFile, **options: object) -> str:
    settled: dict[str, object] = {
        "auto_detect": False,
        "header": False,
        "compression": file.compression or "none",
        "store_rejects": True,
        "rejects_line_size_limit": MAX_LINE,
        "max_line_size": MAX_LINE,
        **options,
    }
    listed = ", ".join(f"{name} = {literal(value)}" for name, value in settled.items())
    return f"read_csv({literal(file.path)}, {listed})"


def _drop_rejects(warehouse: Warehouse) -> None:
    for name in ("reject_errors", "reject_scans"):
        warehouse.execute(f"DROP TABLE IF EXISTS {name}")
