from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from linkage import warehouse as module
from linkage.errors import InputError, LockedError, StoreError
from linkage.warehouse import SqlError, Warehouse, ident, literal


@pytest.fixture
def db():
    with Warehouse.open(threads=1) as warehouse:
        yield warehouse


@pytest.fixture
def statements(tmp_path, monkeypatch):
    """Lets `run` and `query` find statements in a folder of the test."""
    (tmp_path / "sql" / "deep").mkdir(parents=True)
    monkeypatch.setattr(module.resources, "files", lambda _package: tmp_path)
    module.statement.cache_clear()
    yield tmp_path / "sql"
    module.statement.cache_clear()


def test_statements_are_found_by_name(db, statements):
    (statements / "make.sql").write_text("CREATE TABLE t AS SELECT $x AS x")
    (statements / "deep" / "read.sql").write_text("SELECT x + $y AS z FROM t")
    db.run("make", x=1)
    assert db.query("deep/read", y=2).to_pylist() == [{"z": 3}]
    with pytest.raises(SqlError, match="nothing"):
        db.run("nothing")


def test_a_parameter_may_be_called_name(db, statements):
    (statements / "say.sql").write_text("SELECT $name AS x")
    assert db.query("say", name="n").to_pylist() == [{"x": "n"}]


def test_arrow_goes_in_and_out(db):
    db.register("t", pa.table({"a": [1, 2, 3]}))
    db.register("t", pa.table({"a": [1, 2]}))
    db.register("v", pa.table({"a": [5]}), view=True)
    assert db.rows("t") == 2
    assert db.arrow("SELECT a FROM t WHERE a > $low", {"low": 1}).to_pylist() == [{"a": 2}]
    assert db.scalar("SELECT max(a) FROM v") == 5
    assert db.scalar("SELECT a FROM t WHERE false") is None
    assert db.columns("t") == {"a": "BIGINT"}


def test_times_are_utc(db):
    assert db.scalar("SELECT CAST(TIMESTAMPTZ '2026-01-01 12:00:00+02' AS TIMESTAMP)") == datetime(
        2026, 1, 1, 10
    )


def test_batches_stream_beside_other_statements(db):
    batches = db.batches("SELECT range AS i FROM range($rows)", {"rows": 250_000}, rows=100_000)
    first = next(batches)
    db.execute("CREATE TABLE t AS SELECT 1 AS x")
    rest = list(batches)
    assert first.num_rows + sum(batch.num_rows for batch in rest) == 250_000
    assert first.num_rows <= 131_072


def test_batches_may_be_left_early(db):
    next(db.batches("SELECT * FROM range(1000000)", rows=10_000))
    assert db.scalar("SELECT 1") == 1


def test_tables_and_views_are_dropped_alike(db):
    db.execute("CREATE TABLE t AS SELECT 1 AS x")
    db.execute("CREATE VIEW v AS SELECT * FROM t")
    for name in ("v", "T", "absent"):
        db.drop(name)
        assert not db.exists(name)


def test_names_and_values_are_quoted(db):
    assert ident('a"b', "c") == '"a""b"."c"'
    value = {"it's": [1, None, True, 2.5, Path("/x")]}
    assert literal(value) == "{'it''s': [1, NULL, true, 2.5, '/x']}"
    db.execute(f"CREATE TABLE {ident('odd; name')} AS SELECT {literal(chr(39))} AS x")
    assert db.rows("odd; name") == 1


def test_a_python_variable_is_no_table(db):
    frame = pa.table({"a": [1]})
    assert frame.num_rows
    with pytest.raises(SqlError):
        db.arrow("SELECT * FROM frame")


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT * FROM nothing", SqlError),
        ("SELEC 1", SqlError),
        ("SELECT nothing", SqlError),
        ("SELECT CAST('x' AS INTEGER)", InputError),
        ("SELECT * FROM read_csv('/nothing.csv')", InputError),
        ("COPY (SELECT 1) TO '/nothing/x.parquet'", StoreError),
    ],
)
@pytest.mark.parametrize("method", ["execute", "arrow", "scalar", "batches"])
def test_errors_are_ours_and_one_line(db, sql, error, method):
    with pytest.raises(error) as caught:
        list(db.batches(sql)) if method == "batches" else getattr(db, method)(sql)
    assert "\n" not in str(caught.value)


def test_a_store_that_cannot_be_opened(tmp_path):
    with pytest.raises(StoreError):
        Warehouse.open(tmp_path / "none" / "x.duckdb")
    (tmp_path / "text").write_text("this is no database, whatever its name says" * 500)
    with pytest.raises(StoreError):
        Warehouse.open(tmp_path / "text")


def test_a_read_only_store_is_not_written(tmp_path):
    path = tmp_path / "x.duckdb"
    with Warehouse.open(path) as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS x")
    with Warehouse.open(path, read_only=True) as db:
        assert db.rows("t") == 1
        with pytest.raises(StoreError):
            db.execute("DROP TABLE t")


def test_a_store_that_another_process_holds(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "x.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        try:
            with pytest.raises(LockedError):
                Warehouse.open(path)
        finally:
            holder.stdin.write(b"\n")
            holder.stdin.close()


def test_spilling_without_room_is_a_store_error(tmp_path):
    with Warehouse.open(memory_limit="50MB", threads=1, temp_directory=tmp_path / "spill") as db:
        db.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(StoreError):
            db.execute(
                "CREATE TABLE t AS SELECT hash(range)::VARCHAR || range AS x FROM range(5000000) ORDER BY x"
            )


def test_parquet_is_written(db, tmp_path):
    db.write_parquet("SELECT $x AS x", tmp_path / "x.parquet", {"x": 3})
    assert db.scalar(f"SELECT x FROM read_parquet({literal(tmp_path / 'x.parquet')})") == 3


def test_closing_twice_is_fine():
    db = Warehouse.open()
    db.close()
    db.close()
