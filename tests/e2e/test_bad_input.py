"""Bad input that stops a run: one clear line, nothing half-published, and what was published stays."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.spoilt import ACCOUNTS, SESSIONS

import linkage


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


def test_a_secret_that_is_not_there_is_told_before_anything_is_read(night):
    night.write("accounts.csv", "unreadable\n")
    night.config = '[privacy]\nkey_env = "LINKAGE_NO_SUCH_VARIABLE"\n'
    night.refused(2, "LINKAGE_NO_SUCH_VARIABLE")


def test_a_query_that_fails_on_the_data_is_one_line(night):
    night.write("accounts.csv", ACCOUNTS)
    night.config = """[sources.sessions]
query = "SELECT account_id, CAST(account_id AS INTEGER) AS ts FROM read_csv('{dir}/accounts.csv')"
"""
    night.refused(65, "sources.sessions: query", "a1")


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


def test_an_export_of_which_most_is_missing_is_refused_by_a_gate(night, monkeypatch):
    monkeypatch.setattr("linkage.run.gates.LEAST_ACCOUNTS", 4)
    night.write("accounts.csv", ACCOUNTS)
    night.published()
    night.write("accounts.csv", "account_id\na1\n")
    result = night.run()
    assert result.exit_code == 76
    lines = [line for line in result.stderr.splitlines() if line.startswith("linkage: ")]
    assert len(lines) == 1
    assert "a gate refused to publish: 1 rows where run run1 had 4 (gates.lost_rows = 0.5); 1 acc" in lines[0]
    assert (night.store / "current").read_text() == "run1\n"
    assert night.run("--ungated").exit_code == 0
    assert (night.store / "current").read_text() == "run3\n"


def test_json_logs_tell_the_failure_as_json(night):
    night.write("accounts.csv", "id\n1\n")
    result = night.run("--log-format", "json")
    assert result.exit_code == 65
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert lines[-1]["event"] == "failed"
    assert lines[-1]["exit_code"] == 65
    assert "account_id" in lines[-1]["message"]
