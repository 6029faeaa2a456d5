"""Labels from any file of the contract, under any names of columns."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError
from linkage.evaluate import read_labels
from linkage.settings import Settings, load_settings

ROWS = [
    {"account_id": "a", "ring_id": "R", "campaign_id": "c", "role": "member"},
    {"account_id": "b", "ring_id": "", "campaign_id": "", "role": "innocent"},
]


def rows(table: pa.Table) -> set[tuple[str | None, ...]]:
    return {tuple(row.values()) for row in table.to_pylist()}


def settings(folder: Path, text: str) -> Settings:
    path = folder / "linkage.toml"
    path.write_text(text)
    return load_settings(path)


@pytest.mark.parametrize("name", ["l.csv", "l.tsv", "l.jsonl", "l.parquet", "l.csv.gz"])
def test_formats(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    split = "\t" if "tsv" in name else ","
    lines = [split.join(ROWS[0]), *[split.join(row.values()) for row in ROWS]]
    if name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif name.endswith("jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    elif name.endswith("gz"):
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
    else:
        path.write_text("\n".join(lines) + "\n")
    assert rows(read_labels(path)) == {("a", "R", "c", "member"), ("b", None, None, "innocent")}


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "l.csv").write_text("account_id,ring_id\na,R\n")
    monkeypatch.chdir(tmp_path)
    assert rows(read_labels(Path("l.csv"))) == {("a", "R", None, None)}


def test_mapped_columns_read_the_given_file(tmp_path: Path) -> None:
    config = settings(
        tmp_path,
        '[sources.labels]\nfile = "other.csv"\ncolumns.account_id = "account"\n'
        '[sources.links]\nfile = "gone.csv"\n',
    )
    (tmp_path / "l.csv").write_text("account,is_ring,ring_id,label_source\na,1,R,x\nb,0,,\n")
    assert rows(read_labels(tmp_path / "l.csv", config)) == {("a", "R", None, None), ("b", None, None, None)}


def test_one_row_a_prompt_becomes_one_row_an_account(tmp_path: Path) -> None:
    config = settings(tmp_path, '[sources.labels]\ncolumns.ring_id = "operator_id"\n')
    prompts = [{"id": number, "account_id": "a", "operator_id": "op"} for number in range(3)]
    (tmp_path / "l.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prompts))
    assert read_labels(tmp_path / "l.jsonl", config).num_rows == 1


def test_a_query_reads_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "o'clock"
    folder.mkdir()
    (folder / "l.csv").write_text("who,op\na,R\na,R\n")
    query = "SELECT DISTINCT who AS account_id, op AS ring_id FROM read_csv('{file}')"
    config = settings(tmp_path, f'[sources.labels]\nquery = "{query}"\n')
    assert rows(read_labels(folder / "l.csv", config)) == {("a", "R", None, None)}


def test_a_query_runs_in_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("who,op\na,R\na,R\n")
    config = settings(
        tmp_path,
        "[sources.labels]\nquery = \"SELECT DISTINCT who AS account_id, op AS ring_id FROM '{dir}/l.csv'\"\n",
    )
    assert rows(read_labels(tmp_path / "l.csv", config)) == {("a", "R", None, None)}
    (tmp_path / "m.csv").write_text("who,op\nb,R\n")
    with pytest.raises(UsageError, match=r"does not read m\.csv"):
        read_labels(tmp_path / "m.csv", config)


def test_tables_beside_the_labels_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("no,such,contract\n")
    (tmp_path / "labels.csv").write_text("account_id,ring_id\na,R\n")
    assert read_labels(tmp_path / "labels.csv").num_rows == 1


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_labels(tmp_path / "gone.csv")
    (tmp_path / "l.csv").write_text("ring_id\nR\n")
    with pytest.raises(InputError, match="account_id is missing"):
        read_labels(tmp_path / "l.csv")
