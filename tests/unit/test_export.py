"""Exports in every format hold the same rows; they appear whole or not at all."""

import csv
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from cli_fakes import EVIDENCE, LINKS, MEMBERSHIPS, ODD, RINGS, FakeView

from linkage.errors import StoreError, UsageError
from linkage.export import TABLES, export

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"


def written(folder: Path, what: str, extension: str) -> list[dict[str, Any]]:
    path = folder / f"out{extension}"
    count = export(FakeView(), what, path)
    if extension == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    elif extension == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    elif extension == ".json":
        rows = json.loads(path.read_text())
    else:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == count
    assert [item.name for item in folder.iterdir()] == [path.name]
    return rows


@pytest.mark.parametrize("extension", [".csv", ".parquet", ".json", ".jsonl"])
@pytest.mark.parametrize("what", TABLES)
def test_every_table_in_every_format(tmp_path: Path, what: str, extension: str) -> None:
    table = getattr(FakeView(), what)()
    rows = written(tmp_path, what, extension)
    assert len(rows) == table.num_rows
    if rows:
        assert list(rows[0]) == table.column_names


@pytest.mark.parametrize("extension", [".csv", ".parquet", ".json", ".jsonl"])
def test_an_odd_account_id_survives(tmp_path: Path, extension: str) -> None:
    assert written(tmp_path, "memberships", extension)[0]["account_id"] == ODD


def test_parquet_is_the_table(tmp_path: Path) -> None:
    export(FakeView(), "rings", tmp_path / "r.parquet")
    assert pq.read_table(tmp_path / "r.parquet").to_pylist() == RINGS.to_pylist()


def test_lists_are_json_text_in_csv(tmp_path: Path) -> None:
    row = written(tmp_path, "rings", ".csv")[0]
    assert json.loads(row["top_reasons"]) == ["one card", 'a "quoted", one']
    assert json.loads(row["parent_ids"]) == []
    assert (row["first_seen"], row["last_seen"]) == ("2026-06-30T01:02:03Z", "")


def test_evidence_is_a_value_in_json_and_a_text_elsewhere(tmp_path: Path) -> None:
    assert written(tmp_path, "links", ".jsonl")[0]["evidence"] == json.loads(EVIDENCE)
    (tmp_path / "out.jsonl").unlink()
    assert written(tmp_path, "links", ".csv")[0]["evidence"] == EVIDENCE
    (tmp_path / "out.csv").unlink()
    assert written(tmp_path, "links", ".parquet")[0]["evidence"] == EVIDENCE


@pytest.mark.parametrize(
    ("what", "column", "wanted"),
    [
        ("rings", "top_reasons", ["one card", 'a "quoted", one']),
        ("rings", "parent_ids", []),
        ("links", "families", ["device", "payment"]),
        ("changes", "previous_ids", ["R0", "R2"]),
    ],
)
@pytest.mark.parametrize("extension", [".json", ".jsonl"])
def test_lists_are_lists_in_json(
    tmp_path: Path, what: str, column: str, wanted: list[str], extension: str
) -> None:
    assert written(tmp_path, what, extension)[0][column] == wanted


def test_graphml_is_xml_with_rings_as_attributes(tmp_path: Path) -> None:
    path = tmp_path / "g.graphml"
    count = export(FakeView(), "graphml", path)
    graph = ElementTree.parse(path).getroot().find(f"{NAMESPACE}graph")
    assert graph is not None
    nodes = {node.get("id"): data(node) for node in graph.findall(f"{NAMESPACE}node")}
    edges = [
        (edge.get("source"), edge.get("target"), data(edge)) for edge in graph.findall(f"{NAMESPACE}edge")
    ]
    assert count == len(nodes) + len(edges)
    # z is in a link but in no ring; what XML cannot hold is replaced, in nodes and edges alike.
    odd = ODD.replace("\x01", "\ufffd").replace("\x1b", "\ufffd")
    assert nodes.keys() == {odd, "b", "c", "z"}
    assert nodes["z"] == {}
    assert nodes["b"] == {
        "ring_id": "R1",
        "ring_score": "0.9",
        "verdict": "flagged",
        "flagged": "true",
        "role": "member",
    }
    assert edges[0] == (odd, "b", {"bits": "12.5", "families": "device payment"})
    assert len(edges) == LINKS.num_rows


def data(element: ElementTree.Element) -> dict[str | None, str | None]:
    return {child.get("key"): child.text for child in element.findall(f"{NAMESPACE}data")}


@pytest.mark.parametrize(
    ("what", "name"), [("rings", "r.graphml"), ("graphml", "g.csv"), ("rings", "r.xlsx"), ("rings", "r")]
)
def test_an_extension_that_does_not_fit(tmp_path: Path, what: str, name: str) -> None:
    with pytest.raises(UsageError, match="is written as one of"):
        export(FakeView(), what, tmp_path / name)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        export(FakeView(), "rings", tmp_path / "gone" / "r.csv")


def test_a_device_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="not a plain file"):
        export(FakeView(), "rings", pipe)
    assert pipe.is_fifo()


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.csv"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("linkage.export._write_table", full)
    with pytest.raises(StoreError, match="No space left"):
        export(FakeView(), "memberships", path)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["m.csv"]


def test_a_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    export(FakeView(), "memberships", path)
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
    assert MEMBERSHIPS.num_rows == 3
