"""Values that cannot be, in columns of any type: a row is set aside and the file is read on."""

from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def places(world, table):
    return [(row["file"], row["line"], row["reason"]) for row in world.bad(table)]


BLANKS = ["", "   ", "\t", "\n", "\u00a0", "\u3000\u3000", "\u2003", "\u200b", "\u2028"]


@pytest.mark.parametrize("name", ["accounts.jsonl", "accounts.parquet", "accounts.csv"])
def test_an_account_id_of_white_space_is_missing(world, name):
    world.lenient()
    ids = ["a1", *BLANKS, " a2\u3000"]
    if name.endswith("csv"):
        world.write(name, "account_id,plan\n" + "".join(f'"{one}",x\n' for one in ids))
    else:
        world.write(name, [{"account_id": one, "plan": "x"} for one in ids])
    world.ingest()
    assert [row["reason"] for row in world.bad("accounts")] == ["account_id is missing"] * len(BLANKS)
    assert world.rows("account", "account_id") == [("a1",), ("a2",)]


def test_a_gap_among_numbers_that_are_ids_is_one_row(world):
    world.lenient()
    ids = pa.array([1.0, float("nan"), 2.5, None, 3.0, float("inf")])
    pq.write_table(pa.table({"account_id": ids}), world.folder / "accounts.parquet")
    world.ingest()
    assert places(world, "accounts") == [
        ("accounts.parquet", 2, "account_id is missing"),
        ("accounts.parquet", 4, "account_id is missing"),
    ]
    assert world.rows("account", "account_id") == [("1",), ("2.5",), ("3",), ("inf",)]


@pytest.mark.parametrize(
    "kind",
    [
        pa.timestamp("s"),
        pa.timestamp("us"),
        pa.timestamp("ns"),
        pa.timestamp("ms", "Europe/Berlin"),
        pa.date32(),
    ],
    ids=str,
)
def test_times_that_cannot_be_in_a_column_of_times(world, accounts, kind):
    accounts(1)
    world.lenient()
    beyond = (
        [datetime(1700, 1, 1), datetime(2200, 1, 1)] if kind == pa.timestamp("ns") else
        [datetime(1, 1, 1), datetime(9999, 12, 31)]
    )  # fmt: skip
    moments = pa.array([*beyond, datetime(2026, 1, 1), None], pa.timestamp("us")).cast(kind)
    table = pa.table({"account_id": ["a1"] * 4, "ts": moments, "ip": ["8.8.8.8"] * 4})
    pq.write_table(table, world.folder / "sessions.parquet")
    world.ingest()
    assert places(world, "sessions") == [
        ("sessions.parquet", 1, "ts cannot be read as a time"),
        ("sessions.parquet", 2, "ts cannot be read as a time"),
        ("sessions.parquet", 4, "ts is missing"),
    ]
    assert world.rows("clean_sessions", "ts") == [(datetime(2026, 1, 1),)]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([["2026-01-01"], []]),
        pa.array([b"soon", b"later"]),
        pa.array([2**64 - 1, 0], pa.uint64()),
        pa.array([float("inf"), -1.0]),
    ],
    ids=lambda values: str(values.type),
)
def test_a_column_of_a_type_that_is_no_time(world, accounts, values):
    accounts(1)
    world.lenient()
    table = pa.table({"account_id": ["a1"] * 2, "ts": values})
    pq.write_table(table, world.folder / "sessions.parquet")
    world.ingest()
    assert [row[2] for row in places(world, "sessions")] == ["ts cannot be read as a time"] * 2


@pytest.mark.parametrize("text", ["“curly”", "漢字", "😀", "naïve", "a\x85b", "—"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_bad_row_of_a_file_in_any_script_is_set_aside_with_its_line(world, text, ending):
    world.lenient()
    rows = f'a1,{text}\n ,x\n"a2","{text}\n\n{text}"\n,{text}\na3,\n'
    world.write(f"accounts.csv{ending}", f"account_id,plan\n{rows}")
    world.ingest()
    assert [row[1:] for row in places(world, "accounts")] == [
        (3, "account_id is missing"),
        (7, "account_id is missing"),
    ]
    assert world.bad("accounts")[1]["row"]["plan"] == text
    assert world.rows("account", "account_id") == [("a1",), ("a2",), ("a3",)]
