"""Bad input through the command line: a quarantine row or one clear line, nothing half-published."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from helpers.source import CANARIES, CARD, RING, leaks, write_source

import linkage
from linkage.cli import main

AS_OF = "2026-03-01T00:00:00Z"
LENIENT = "[run]\nquarantine_limit = 1.0\n"


@dataclass
class Night:
    """A source folder to spoil, and a store in which an earlier run is published."""

    folder: Path
    config: str = ""
    runs: int = field(default=0, init=False)

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *more: str) -> Result:
        self.runs += 1
        arguments = ["nightly", "--source", self.source, "--store", self.store, "--as-of", AS_OF]
        arguments += ["--run-id", f"run{self.runs}"]
        if self.config:
            path = self.folder / "linkage.toml"
            path.write_text(self.config)
            arguments += ["--config", path]
        return CliRunner().invoke(main, [*map(str, arguments), *more])

    def refused(self, code: int, *parts: str) -> str:
        """Runs it: it must end with `code` and one line that says `parts`, and publish nothing."""
        result = self.run()
        assert result.exit_code == code, result.stderr
        lines = [line for line in result.stderr.splitlines() if line.startswith("linkage: ")]
        assert len(lines) == 1, result.stderr
        assert result.stderr.endswith(lines[0] + "\n")
        assert "Traceback" not in result.stderr
        assert "a bug" not in result.stderr
        assert result.stdout == ""
        for part in parts:
            assert part in lines[0], lines[0]
        assert len(lines[0]) < 500
        self.unpublished()
        return lines[0]

    def unpublished(self) -> None:
        assert not (self.store / "current").exists()
        run = self.store / "runs" / f"run{self.runs}"
        assert not list(run.glob("*.parquet"))
        if (run / "run.json").exists():
            assert json.loads((run / "run.json").read_text())["status"] == "failed"
            assert not (run / "spill").exists()

    def published(self) -> dict[str, Any]:
        """Runs it to its publication; its counts."""
        result = self.run()
        assert result.exit_code == 0, result.stderr
        assert "Traceback" not in result.stderr
        run = linkage.open(self.store).run
        assert (run.run_id, run.status) == (f"run{self.runs}", "published")
        return run.counts

    def quarantined(self, table: str) -> list[tuple[str, int, str]]:
        path = self.store / "runs" / f"run{self.runs}" / "quarantine" / f"{table}.parquet"
        if not path.exists():
            return []
        return [(row["file"], row["line"], row["reason"]) for row in pq.read_table(path).to_pylist()]

    def accounts(self) -> list[str]:
        path = self.store / "runs" / f"run{self.runs}" / "accounts.parquet"
        return pq.read_table(path)["account_id"].to_pylist()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    (tmp_path / "source").mkdir()
    return Night(tmp_path)


ACCOUNTS = "account_id,created_at\n" + "".join(f"a{i},2026-01-01\n" for i in range(1, 5))
SESSIONS = "account_id,ts,ip\na1,2026-01-02,8.8.8.8\na2,2026-01-02,8.8.8.8\n"


# ── what stops a run ──


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("accounts.csv", "id,plan\n1,pro\n", ("accounts.csv", "account_id")),
        ("accounts.csv", "", ("accounts.csv", "empty")),
        ("accounts.csv", "\n\n", ("accounts.csv", "empty")),
        ("accounts.csv.gz", gzip.compress(ACCOUNTS.encode() * 500)[:-9], ("accounts.csv.gz",)),
        ("accounts.csv.gz", b"no gzip at all", ("accounts.csv.gz",)),
        ("accounts.parquet", b"no parquet at all", ("accounts.parquet",)),
        ("accounts.parquet", b"", ("accounts.parquet",)),
        ("accounts.csv", "account_id,plan\n", ("accounts",)),
        ("accounts.csv", "account_id\n   \n\t\n", ("accounts",)),
        ("accounts.csv", ACCOUNTS.encode("utf-16"), ("accounts.csv", "UTF-16")),
        ("accounts.jsonl", '{"plan": "pro"}\n', ("accounts",)),
        ("unrelated.csv", "account_id\na1\n", ("accounts",)),
    ],
    ids=[
        "no account_id", "empty", "blank lines", "truncated gzip", "not gzip", "not parquet", "empty parquet",
        "no rows", "only white space", "utf-16", "json without the column", "no accounts file",
    ],
)  # fmt: skip
def test_accounts_that_cannot_be_read_stop_the_run(night, name, content, parts):
    night.write(name, content)
    night.refused(65, *parts)


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("sessions.csv", "account_id,ip\na1,8.8.8.8\n", ("sessions.csv", "ts")),
        ("sessions.csv", "", ("sessions.csv", "empty")),
        (
            "sessions.jsonl.gz",
            gzip.compress(b'{"account_id": "a1", "ts": 1767300000}\n' * 4000)[:-20],
            ("sessions",),
        ),
        ("sessions.xlsx.csv.bak", SESSIONS, None),
        ("sessions/one.csv", "account_id,ip\na1,8.8.8.8\n", ("one.csv", "ts")),
        ("sessions/notes.txt", "hello", ("notes.txt", "format")),
    ],
    ids=[
        "no ts",
        "empty",
        "truncated gzip",
        "another file",
        "no ts in a folder",
        "unknown format in a folder",
    ],
)
def test_an_optional_table_that_cannot_be_read_stops_the_run(night, name, content, parts):
    night.write("accounts.csv", ACCOUNTS)
    night.write(name, content)
    if parts is None:
        night.published()
    else:
        night.refused(65, *parts)


def test_no_source_folder_at_all(night):
    night.source.rmdir()
    night.refused(65, "source")


def test_an_empty_source_folder(night):
    night.refused(65, "accounts")


def test_two_files_for_one_table(night):
    night.write("accounts.csv", ACCOUNTS)
    night.write("accounts.jsonl", '{"account_id": "b"}\n')
    night.refused(65, "accounts.csv", "accounts.jsonl")


def test_more_bad_rows_than_the_limit_stop_the_run_and_stand_in_quarantine(night):
    night.write("accounts.csv", ACCOUNTS)
    night.write("sessions.csv", SESSIONS + "a1,not a time,8.8.8.8\n")
    night.refused(65, "sessions", "quarantine_limit", "ts cannot be read as a time")
    assert night.quarantined("sessions") == [("sessions.csv", 4, "ts cannot be read as a time")]


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ("[run]\nquarantine_limitt = 0.5\n", ("quarantine_limitt", "quarantine_limit")),
        ("[runn]\nthreads = 1\n", ("runn",)),
        ("[link]\nmin_families = 0\n", ("min_families",)),
        ("[kinds.card]\nm = 2\n", ("m",)),
        ("not toml at all [", ("TOML",)),
        ('[sources.sessions]\nquery = "SELECT nothing FROM nowhere"\n', ("sessions",)),
        ('[sources.sessions]\nquery = "SELEKT 1"\n', ("sessions",)),
        ('[sources.sessions]\nfile = "sessions.csv"\ncolumns.ts = "no_such_function(ts)"\n', ("sessions",)),
        ('[sources.sessions]\ncolumns.tss = "ts"\n', ("tss",)),
        ('[privacy]\nkey_env = "LINKAGE_NO_SUCH_VARIABLE"\n', ("LINKAGE_NO_SUCH_VARIABLE",)),
    ],
    ids=["key", "section", "range", "kind", "toml", "query", "syntax", "expression", "column", "secret"],
)
def test_a_wrong_configuration_is_a_matter_of_usage(night, config, parts):
    night.write("accounts.csv", ACCOUNTS)
    night.write("sessions.csv", SESSIONS)
    night.config = config
    night.refused(2, *parts)


def test_a_query_that_fails_on_the_data_is_one_line(night):
    night.write("accounts.csv", ACCOUNTS)
    night.config = """[sources.sessions]
query = "SELECT account_id, CAST(account_id AS INTEGER) AS ts FROM read_csv('{dir}/accounts.csv')"
"""
    result = night.run()
    assert result.exit_code in (2, 65)
    assert result.stderr.splitlines()[-1].startswith("linkage: ")
    assert "sessions" in result.stderr.splitlines()[-1]
    night.unpublished()


# ── what is set aside or mended, and the run goes on ──


def test_bad_rows_are_set_aside_with_their_line_and_reason(night):
    night.config = LENIENT
    night.write(
        "accounts.csv",
        "account_id,plan\na1,x\n,x\n   ,x\na2,y\na2,y\na3,old\na3,new\n",
    )
    night.write(
        "payment_methods.csv",
        f"account_id,fingerprint\na1,fp_1\na1,{CARD}\na1,4111 1111 1111 1111\na2,fp_1\n",
    )
    counts = night.published()
    assert night.accounts() == ["a1", "a2", "a3"]
    assert [row[:2] for row in night.quarantined("accounts")] == [
        ("accounts.csv", 3), ("accounts.csv", 4), ("accounts.csv", 7),
    ]  # fmt: skip
    assert "account_id" in night.quarantined("accounts")[0][2]
    cards = night.quarantined("payment_methods")
    assert [row[1] for row in cards] == [3, 4]
    assert all("card number" in row[2] for row in cards)
    assert counts["quarantined"] == 5
    assert leaks(night.store, (CARD, "4111 1111")) == []


def test_times_of_all_sorts(night):
    night.config = LENIENT
    night.write("accounts.csv", ACCOUNTS)
    good = (
        "1767348000", "1767348000000", "2026-01-02T10:00:00+02:00", "2026-01-02T10:00:00Z",
        "2026-01-02 10:00:00.123456", "2026-01-02",
    )  # fmt: skip
    bad = (
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday", "", "2026-13-45", "99999999999999999999", "-1",
        "NaN",
    )  # fmt: skip
    rows = "".join(f"a{1 + place % 4},{ts},8.8.4.4\n" for place, ts in enumerate((*good, *bad)))
    night.write("sessions.csv", f"account_id,ts,ip\n{rows}")
    counts = night.published()
    first = 2 + len(good)
    assert [row[:2] for row in night.quarantined("sessions")] == [
        ("sessions.csv", line) for line in range(first, first + len(bad))
    ]
    assert counts["quarantined"] == len(bad)


def test_bytes_of_all_sorts(night):
    night.config = LENIENT
    night.write(
        "accounts.csv",
        b"\xef\xbb\xbfaccount_id,plan\r\na1,pro\r\na\x002,pro\r\n\xff\xfe,pro\r\na4,\xc3\xa9t\xc3\xa9\r\n",
    )
    night.published()
    assert night.accounts() == ["a1", "a4"]
    assert [(line, reason) for _, line, reason in night.quarantined("accounts")] == [
        (3, "account_id holds a NUL byte"),
        (4, "is not UTF-8"),
    ]


def test_a_field_of_a_million_characters(night):
    night.write("accounts.csv", ACCOUNTS)
    night.write(
        "exchanges.csv", f'account_id,ts,prompt\na1,2026-01-02,"{"word " * 200_000}"\na2,2026-01-02,short\n'
    )
    night.write("sessions.csv", f'account_id,ts,user_agent\na1,2026-01-02,"{"x" * 1_000_000}"\n')
    assert night.published()["accounts"] == 4


def test_addresses_that_are_none_are_not_seen_and_the_rows_stay(night):
    night.write("accounts.csv", ACCOUNTS)
    addresses = ("999.1.1.1", "::ffff:10.0.0.1", "10.0.0.1", "not an address", "::1", "0.0.0.0")
    rows = "".join(f"a{i},2026-01-02,{ip}\n" for ip in addresses for i in (1, 2))
    night.write("sessions.csv", f"account_id,ts,ip\n{rows}")
    counts = night.published()
    assert counts["quarantined"] == 0
    assert counts["rows"] == 4 + 12
    assert counts["identifiers"] == 0


def test_a_table_that_is_a_folder_of_mixed_formats(night):
    night.write("accounts/one.csv", "account_id,plan\na1,x\n")
    night.write("accounts/two.jsonl", '{"account_id": "a2", "plan": "y"}\n')
    night.write("accounts/three.tsv.gz", gzip.compress(b"account_id\tplan\na3\tz\n"))
    night.write("accounts/_SUCCESS", "")
    pq.write_table(
        pa.table({"account_id": ["a4"], "plan": ["w"]}), night.source / "accounts" / "four.parquet"
    )
    night.published()
    assert night.accounts() == ["a1", "a2", "a3", "a4"]


def test_parquet_columns_of_other_types_than_the_contracts(night):
    table = pa.table(
        {
            "account_id": pa.array([1, 2, 3], pa.int64()),
            "created_at": pa.array([1767348000, 1767348000, None], pa.int64()),
            "status": pa.array(["active", "active", "active"]).dictionary_encode(),
        }
    )
    pq.write_table(table, night.source / "accounts.parquet")
    pq.write_table(
        pa.table(
            {"account_id": ["1", "2"], "ts": pa.array([1.7673e9, 1.7673e9]), "ip": [b"8.8.8.8", b"8.8.8.8"]}
        ),
        night.source / "sessions.parquet",
    )
    night.published()
    assert night.accounts() == ["1", "2", "3"]


def test_parquet_columns_that_are_nested_are_read_as_their_json(night):
    pq.write_table(pa.table({"account_id": [["nested"], ["list"]]}), night.source / "accounts.parquet")
    night.published()
    assert sorted(night.accounts()) == ['["list"]', '["nested"]']


def test_accounts_that_only_other_tables_know(night):
    night.write("accounts.csv", "account_id\na1\n")
    night.write("sessions.csv", SESSIONS)
    counts = night.published()
    assert counts["accounts"] == 2
    assert counts["unknown_accounts"] == 1


def test_one_account_alone(night):
    night.write("accounts.csv", "account_id\nlonely\n")
    counts = night.published()
    assert (counts["accounts"], counts["links"], counts["rings"]) == (1, 0, 0)
    store = linkage.open(night.store)
    assert len(store.memberships()) == len(store.rings()) == len(store.links()) == len(store.hubs()) == 0


def test_names_that_break_what_is_not_quoted(night):
    odd = [
        "a'; DROP TABLE account; --",
        'b"quoted"',
        "c,comma",
        "ünï-çödé 名前",
        "../../etc/passwd",
        "=1+1",
        "x" * 500,
    ]
    rows = [{"account_id": name, "kind": "wall'et", "value": "w'1"} for name in odd]
    night.write("accounts.jsonl", "".join(json.dumps({"account_id": name}) + "\n" for name in odd))
    night.write("links.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    night.published()
    assert sorted(night.accounts()) == sorted(odd)
    explained = linkage.open(night.store).explain(odd[0], odd[1])
    assert [line.key for line in (*explained.lines, *explained.silent)] == ["w'1"]


# ── what is published stays, whatever comes next ──


SPOILT: dict[str, Callable[[Path], object]] = {
    "truncated": lambda source: (source / "sessions.csv.gz").write_bytes(
        gzip.compress(b"account_id,ts\n" * 999)[:-4]
    ),
    "missing": lambda source: (source / "accounts.csv").unlink(),
    "limit": lambda source: (source / "payments.csv").write_text("account_id,ts\na1,never\n"),
}


def test_a_bad_night_leaves_the_good_one_before_it(night):
    night.write("accounts.csv", ACCOUNTS)
    night.published()
    before = (night.store / "current").read_text()
    for spoil in SPOILT.values():
        spoil(night.source)
        assert night.run().exit_code == 65
        assert (night.store / "current").read_text() == before
        assert linkage.open(night.store).run.run_id == "run1"


def test_json_logs_tell_the_failure_as_json(night):
    night.write("accounts.csv", "id\n1\n")
    result = night.run("--log-format", "json")
    assert result.exit_code == 65
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert lines[-1]["event"] == "failed"
    assert lines[-1]["exit_code"] == 65
    assert "account_id" in lines[-1]["message"]


# ── nothing personal is written where it does not belong ──


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_card_number_prompt_or_mail_is_in_the_store_or_the_logs(tmp_path, monkeypatch, log):
    monkeypatch.setenv("LINKAGE_TEST_KEY", "0123456789abcdef0123")
    night = Night(tmp_path, config=f"{LENIENT}keep_tables = true\n[privacy]\nkey_env = 'LINKAGE_TEST_KEY'\n")
    write_source(night.source, canaries=True)
    result = night.run("--log-format", log)
    assert result.exit_code == 0, result.stderr
    assert leaks(night.store) == []
    told = (result.stdout + result.stderr).lower()
    assert not [text for text in CANARIES if text.lower() in told]
    plain = ("fp_ring", "fp_own", "dev-ring", "93.184.216.7", "81.2.", "@mail")
    assert leaks(night.store, plain) == []
    # It did see them: the ring stands on them.
    assert sorted(linkage.open(night.store).memberships()["account_id"]) == sorted(RING)
    assert [row[2] for row in night.quarantined("payment_methods")]


def test_without_a_key_too_no_card_number_prompt_or_mail_is_kept(tmp_path):
    night = Night(tmp_path, config=LENIENT)
    write_source(night.source, canaries=True)
    result = night.run()
    assert result.exit_code == 0, result.stderr
    assert leaks(night.store) == []


def test_a_run_that_dies_leaves_no_personal_value_behind(tmp_path, monkeypatch):
    import linkage.nightly

    def die(*_arguments: object) -> None:
        raise RuntimeError("no")

    night = Night(tmp_path, config=LENIENT)
    write_source(night.source, canaries=True)
    monkeypatch.setattr(linkage.nightly, "judge_rings", die)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert night.run().exit_code == 70
    assert (night.store / "runs" / "run1" / "work").is_dir()
    assert leaks(night.store) == []
    # Nor does what went wrong name them.
    for path in tmp_path.glob("linkage-crash-*"):
        assert not any(text in path.read_text() for text in CANARIES)
