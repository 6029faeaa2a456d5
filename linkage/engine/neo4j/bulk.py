"""A first load as files for the server's own import, `neo4j-admin database import full`: the same graph as a load's.

One file of rows and one of their header for each label and type. A field without quotes that is empty is null, lists
are joined by a character that no text of ours holds, and times are written with the zone that the driver would send.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.files import writing
from linkage.engine.neo4j.elements import (
    GraphElements,
    Nodes,
    Relationships,
    run_uid,
)
from linkage.engine.neo4j.judged import judged_elements
from linkage.engine.neo4j.totals import run_totals
from linkage.engine.neo4j.values import Row, cleaned
from linkage.engine.records import record_text
from linkage.engine.stored import StoredRun
from linkage.errors import StoreError
from linkage.identifiers.keys import Sealer
from linkage.warehouse import Warehouse, ident, literal

# Between the items of a list, as the import's options name it and as it is.
DELIMITER, _BETWEEN = "U+001F", "\x1f"
# The number of the first run of a database.
_SEQ = 1


@dataclass(frozen=True)
class BulkFiles:
    """What was written: options of `neo4j-admin database import full`, and how many rows there are.

    `arguments` name the files, `delimiter` is the value of `--array-delimiter`.
    """

    folder: Path
    arguments: tuple[str, ...]
    delimiter: str
    nodes: int
    relationships: int


def write_bulk(stored: StoredRun, sealer: Sealer | None, folder: Path) -> BulkFiles:
    """Writes a published run whole, the pointer to it included; StoreError where it cannot be written."""
    elements = GraphElements(stored.graph, sealer)
    judged, run = stored.judged, replace(stored.run, status="published")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with Warehouse.open() as warehouse:
        writer = _Writer(warehouse, folder)
        for nodes in elements.nodes():
            writer.nodes(nodes)
        found = judged_elements(judged, run.run_id, elements, sealer)
        for nodes in found.nodes:
            writer.nodes(nodes)
        for relationships in elements.relationships():
            writer.relationships(relationships)
        for relationships in found.relationships:
            writer.relationships(relationships)
        record = {"run_id": run.run_id, "seq": _SEQ, "status": "published", "record": record_text(run)}
        totals = run_totals(stored.graph, found.judged)
        writer.ledger("run", run_uid(run.run_id), ["Ledger", "Run"], record | totals)
        pointer = {"run_id": run.run_id, "seq": _SEQ, "publishing": False}
        writer.ledger("pointer", "pointer", ["Ledger"], pointer)
    return BulkFiles(folder, tuple(writer.arguments), DELIMITER, *writer.written)


class _Writer:
    """Files in a folder, and the options that name them."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self._warehouse = warehouse
        self._folder = folder
        self.arguments: list[str] = []
        self.written = [0, 0]

    def nodes(self, nodes: Nodes) -> None:
        """Nodes of one label, each with the label of its kind."""
        count = len(nodes.uids)
        if not count:
            return
        state = _decoded(nodes.states if isinstance(nodes.states, pa.Table) else _table(nodes.states))
        state = state.append_column("stamp", pa.array(nodes.stamp))
        state = state.append_column("since", pa.array([_SEQ] * count, pa.int64()))
        kinds = [nodes.label] * count if nodes.kinds is None else nodes.kinds
        labels = [[nodes.label] if kind == nodes.label else [nodes.label, kind] for kind in kinds]
        uids = pa.array(nodes.uids, pa.string())
        self._node_file(f"node-{nodes.label}", uids, pa.array(labels, pa.list_(pa.string())), state)

    def ledger(self, name: str, uid: str, labels: list[str], state: Row) -> None:
        """A node of the ledger, which has neither stamp nor since."""
        self._node_file(f"ledger-{name}", pa.array([uid]), pa.array([labels]), _table([state]))

    def relationships(self, found: Relationships) -> None:
        """Relationships of one type."""
        if not found.table.num_rows:
            return
        table = cleaned(_decoded(found.table))
        # Hours since 1970, 0 where the source has no dates; as `load_used` has them.
        hours = ("first", "last") if found.statement == "load_used" else ()
        ends = {"a": ":START_ID", "b": ":END_ID"}
        table = table.append_column("since", pa.array([_SEQ] * table.num_rows, pa.int64()))
        number = len(self.arguments)
        part = self._file(f"relation-{number}-{found.type}", table, ends, hours)
        self.arguments.append(f"--relationships={found.type}={part}")
        self.written[1] += table.num_rows

    def _node_file(self, name: str, uids: pa.Array, labels: pa.Array, state: pa.Table) -> None:
        columns = {"uid": uids, "labels": labels} | {n: state[n] for n in state.column_names}
        part = self._file(name, cleaned(pa.table(columns)), {"uid": "uid:ID", "labels": ":LABEL"}, ())
        self.arguments.append(f"--nodes=Linkage={part}")
        self.written[0] += state.num_rows

    def _file(self, name: str, table: pa.Table, named: dict[str, str], hours: Iterable[str]) -> str:
        """Writes rows and header; both as an option names them. A column that is all null is left out."""
        fields = [field for field in table.schema if not pa.types.is_null(field.type)]
        for field in fields:
            _check_lists(field, table[field.name])
        header, path = self._folder / f"{name}.header.csv", self._folder / f"{name}.csv"
        titles = [
            named.get(field.name)
            or f"{field.name}:{'datetime' if field.name in hours else _type(field.type)}"
            for field in fields
        ]
        columns = ", ".join(_column(field, field.name in hours) for field in fields)
        with writing(self._folder):
            header.write_text(",".join(titles) + "\n", encoding="utf-8")
        self._warehouse.register("bulk", table, view=True)
        self._warehouse.execute(
            f"COPY (SELECT {columns} FROM bulk) TO {literal(path)}"
            " (FORMAT csv, HEADER false, QUOTE '\"', ESCAPE '\"', NULLSTR '')"
        )
        return f"{header},{path}"


def _table(states: list[Row]) -> pa.Table:
    """Rows as columns, whatever their keys."""
    names = dict.fromkeys(name for state in states for name in state)
    return pa.table({name: pa.array([state.get(name) for state in states]) for name in names})


def _decoded(table: pa.Table) -> pa.Table:
    """Texts in place of their numbers."""
    columns: dict[str, Any] = {}
    for field in table.schema:
        column = table[field.name]
        kind = field.type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
        elif pa.types.is_large_list(kind) and pa.types.is_dictionary(kind.value_type):
            column = column.cast(pa.large_list(kind.value_type.value_type))
        columns[field.name] = column
    return pa.table(columns)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _check_lists(field: pa.Field, column: pa.ChunkedArray) -> None:
    if not _is_list(field.type) or not pa.types.is_string(field.type.value_type):
        return
    if pc.any(pc.match_substring(pc.list_flatten(column), _BETWEEN)).as_py():
        raise StoreError(f"{field.name}: a text with the character {DELIMITER} cannot be imported in bulk")


def _type(kind: pa.DataType) -> str:
    """The type as a header names it."""
    if _is_list(kind):
        return f"{_type(kind.value_type)}[]"
    for test, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "long"),
        (pa.types.is_floating, "double"),
        (pa.types.is_timestamp, "datetime"),
    ):
        if test(kind):
            return name
    return "string"


def _column(field: pa.Field, hours: bool) -> str:
    """A column as text."""
    name = ident(field.name)
    if hours:
        moment = f"strftime(make_timestamp({name}::BIGINT * 3600000000), '%Y-%m-%dT%H:%M:%SZ')"
        return f"CASE WHEN {name} > 0 THEN {moment} END"
    if _is_list(field.type):
        # An empty list reads as null.
        return f"CASE WHEN len({name}) > 0 THEN array_to_string({name}, chr(31)) END"
    if pa.types.is_timestamp(field.type):
        return f"strftime({name}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ[UTC]')"
    return name
