"""A small world to write files into and to ingest."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.settings import Settings, load_settings
from linkage.sources import IngestReport, ingest
from linkage.warehouse import Warehouse

AS_OF = datetime(2026, 6, 1)


def compress(data: bytes, ending: str) -> bytes:
    """`data` as the ending of a file name wants it."""
    if ending.endswith(".gz"):
        return gzip.compress(data)
    if ending.endswith(".zst"):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()
    return data


@dataclass
class World:
    """A source folder, and a warehouse to read it into."""

    folder: Path
    quarantine: Path
    warehouse: Warehouse
    settings: Settings = field(default_factory=Settings)

    def write(self, name: str, content: str | bytes | list[dict[str, Any]]) -> Path:
        """Writes a file in the format that its name says; text and bytes go in as they are."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list) and ".parquet" in name:
            pq.write_table(pa.Table.from_pylist(content), path)
            return path
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(compress(data, name))
        return path

    def configure(self, text: str) -> None:
        """Sets `linkage.toml`."""
        path = self.folder.parent / "linkage.toml"
        path.write_text(text)
        self.settings = load_settings(path)

    def lenient(self) -> None:
        """Lets any share of rows go to quarantine."""
        self.settings = load_settings(None, {"run.quarantine_limit": 1.0})

    def ingest(self) -> IngestReport:
        """Reads everything."""
        return ingest(self.warehouse, self.folder, self.settings, self.quarantine, as_of=AS_OF)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The rows of a clean table as sorted tuples."""
        listed = ", ".join(columns) or "*"
        found = self.warehouse.arrow(f"SELECT {listed} FROM {table}").to_pylist()
        return sorted((tuple(row.values()) for row in found), key=repr)

    def bad(self, table: str) -> list[dict[str, Any]]:
        """The rows in quarantine, `row` parsed."""
        path = self.quarantine / f"{table}.parquet"
        if not path.exists():
            return []
        return [{**row, "row": json.loads(row["row"])} for row in pq.read_table(path).to_pylist()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty world."""
    folder = tmp_path / "source"
    folder.mkdir()
    with Warehouse.open(threads=1) as warehouse:
        yield World(folder, tmp_path / "quarantine", warehouse)


@pytest.fixture
def accounts(world: World) -> Callable[[int], None]:
    """Writes so many good accounts: a1, a2, …"""

    def write(count: int) -> None:
        world.write("accounts.csv", "account_id\n" + "".join(f"a{i}\n" for i in range(1, count + 1)))

    return write
