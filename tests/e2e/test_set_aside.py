"""Bad input that a run goes on with: what is set aside, with file, line and reason, and what is mended."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
from helpers.source import CARD, leaks
from helpers.spoilt import ACCOUNTS, LENIENT, SESSIONS

import linkage


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
