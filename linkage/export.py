"""Writes a published run's tables to files: CSV, Parquet, JSON, JSON lines; the graph as GraphML, and STIX bundles.

Data is written as it is. A text that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet: changing
it would break a join on account ids, so whoever opens a CSV there must import such columns as text.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from linkage.engine.base import View
from linkage.engine.review import review_queue
from linkage.errors import InputError, StoreError, UsageError
from linkage.stix import write_stix
from linkage.warehouse import Warehouse, ident, literal

TABLES = (
    "memberships", "rings", "links", "hubs", "changes", "explanations", "campaigns", "campaign_rings",
    "campaign_accounts",
)  # fmt: skip
"""The tables of a run, each a method of its view."""
WHATS = (*TABLES, "review", "graphml", "stix")

# The columns of this file are a contract; whoever wants the campaign of an account reads `campaign_accounts`.
_COLUMNS = {"memberships": ("account_id", "ring_id", "ring_score", "verdict", "flagged", "role")}
_COPY = {
    ".csv": "FORMAT csv, HEADER true",
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".json": "FORMAT json, ARRAY true",
    ".jsonl": "FORMAT json, ARRAY false",
}
# Texts that are JSON already: inside a JSON file they are values, not texts of values.
_JSON_TEXTS = {
    "evidence", "reasons", "stories", "shared", "defence", "identifiers", "top_reasons", "parent_ids", "previous_ids",
    "account_ids",
}  # fmt: skip
_BATCH = 50_000


def export(view: View, what: str, path: Path) -> int:
    """Writes `what` (one of WHATS) of the view's run to `path`; the number of rows, of nodes and edges, or of objects.

    The file appears whole or not at all. Raises UsageError for an extension that does not fit, StoreError
    when the file cannot be written.
    """
    if what not in WHATS:
        raise UsageError(f"{what} is none of {', '.join(WHATS)}")
    extension = path.suffix.lower()
    fitting = {"graphml": (".graphml",), "stix": (".json",)}.get(what, tuple(_COPY))
    if extension not in fitting:
        raise UsageError(f"{path}: {what} is written as one of {' '.join(fitting)}")
    _check_target(path)
    if what == "graphml":
        memberships, links = view.memberships(), view.links()
        with _replacing(path) as part:
            return _write_graph(view.run.run_id, memberships, links, part)
    if what == "stix":
        with _replacing(path) as part, part.open("w", encoding="utf-8") as out:
            return write_stix(view, out)
    table: pa.Table = review_queue(view) if what == "review" else getattr(view, what)()
    table = table.select(_COLUMNS.get(what, table.column_names))
    with _replacing(path) as part:
        _write_table(table, part, extension)
    return int(table.num_rows)


def _check_target(path: Path) -> None:
    # Replacing a device such as /dev/stdout by a file would take it from everyone.
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is not a plain file")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A name to write to, beside `path`; it takes the place of `path` when all went well."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        # A private name has private rights; the file gets those that any new file would have.
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
    except (StoreError, InputError) as error:
        raise StoreError(f"{path}: cannot be written ({error})") from error
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_table(table: pa.Table, path: Path, extension: str) -> None:
    columns = ", ".join(_column(field, extension) for field in table.schema) or "NULL AS nothing"
    with Warehouse.open() as warehouse:
        warehouse.register("exported", table, view=True)
        warehouse.execute(f"COPY (SELECT {columns} FROM exported) TO {literal(path)} ({_COPY[extension]})")


def _column(field: pa.Field, extension: str) -> str:
    name = ident(field.name)
    if extension == ".parquet":
        return name
    if pa.types.is_timestamp(field.type):
        return f"strftime(CAST({name} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%SZ') AS {name}"
    if extension == ".csv" and pa.types.is_nested(field.type):
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    if extension != ".csv" and field.name in _JSON_TEXTS and pa.types.is_string(field.type):
        return f"CAST({name} AS JSON) AS {name}"
    return name


_NODE = {
    "ring_id": "string",
    "ring_score": "double",
    "verdict": "string",
    "flagged": "boolean",
    "role": "string",
}
_EDGE = {"bits": "double", "families": "string"}
# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _write_graph(run_id: str, memberships: pa.Table, links: pa.Table, path: Path) -> int:
    """Accounts in rings or in links as nodes with their ring, links as edges with their bits."""
    with Warehouse.open() as warehouse, path.open("w", encoding="utf-8") as out:
        warehouse.register("memberships", memberships, view=True)
        warehouse.register("links", links, view=True)
        out.write("<?xml version='1.0' encoding='UTF-8'?>\n")
        out.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for kind, names in (("node", _NODE), ("edge", _EDGE)):
            for name, held in names.items():
                out.write(f'<key id="{name}" for="{kind}" attr.name="{name}" attr.type="{held}"/>\n')
        out.write(f'<graph id={_quoted(run_id)} edgedefault="undirected">\n')
        nodes = _write_nodes(warehouse, out)
        edges = _write_edges(links, out)
        out.write("</graph>\n</graphml>\n")
    return nodes + edges


def _write_nodes(warehouse: Warehouse, out: TextIO) -> int:
    columns = ", ".join(ident(name) for name in _NODE)
    count = 0
    sql = (
        f"SELECT account_id, {columns} FROM (SELECT account_id FROM memberships"
        " UNION SELECT account_a FROM links UNION SELECT account_b FROM links)"
        " LEFT JOIN memberships USING (account_id) ORDER BY account_id"
    )
    for row in _rows(warehouse.arrow(sql)):
        count += 1
        out.write(f"<node id={_quoted(row['account_id'])}>{_data(row, _NODE)}</node>\n")
    return count


def _write_edges(links: pa.Table, out: TextIO) -> int:
    for row in _rows(links.select(["account_a", "account_b", *_EDGE])):
        ends = f"source={_quoted(row['account_a'])} target={_quoted(row['account_b'])}"
        out.write(f"<edge {ends}>{_data(row, _EDGE)}</edge>\n")
    return int(links.num_rows)


def _rows(table: pa.Table) -> Iterator[Mapping[str, object]]:
    for batch in table.to_batches(_BATCH):
        yield from batch.to_pylist()


def _data(row: Mapping[str, object], names: Mapping[str, str]) -> str:
    held = ((name, row[name]) for name in names if row[name] is not None)
    return "".join(f'<data key="{name}">{escape(_text(value))}</data>' for name, value in held)


def _quoted(value: object) -> str:
    return quoteattr(_text(value))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(map(_text, value))
    return _NOT_XML.sub("\ufffd", str(value))
