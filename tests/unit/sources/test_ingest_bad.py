"""Input that breaks its contract: set aside with its place, or refused in one line; never lost."""

import re
from datetime import datetime

import pytest

from linkage.errors import InputError

CARD = "4111 1111 1111 1111"
GOOD = "".join(f"a{i},2026-01-01,ok{i}\n" for i in range(1, 201))


def places(world, table):
    return [(row["file"], row["line"], row["reason"]) for row in world.bad(table)]


def test_rows_that_break_the_contract_are_set_aside_with_their_lines(world, accounts):
    accounts(1)
    world.lenient()
    world.write(
        "sessions.csv",
        "account_id,ts,ip\n"
        "a1,2026-01-01,1.1.1.1\n"
        ",2026-01-01,1.1.1.1\n"
        '"  ",2026-01-01,1.1.1.1\n'
        "\n"
        'a1,2026-01-01,"two\n\nlines"\n'
        "a1,yesterday,1.1.1.1\n"
        "a1,1999-12-31,1.1.1.1\n"
        "a1,2026-06-03,1.1.1.1\n"
        "a1,2026-01-01\n"
        "a1,2026-01-01,1,2\n"
        "a1,,1.1.1.1\n"
        "a1,2026-01-01,2.2.2.2\n",
    )
    report = world.ingest()
    assert places(world, "sessions") == [
        ("sessions.csv", 3, "account_id is missing"),
        ("sessions.csv", 4, "account_id is missing"),
        ("sessions.csv", 9, "ts cannot be read as a time"),
        ("sessions.csv", 10, "ts cannot be read as a time"),
        ("sessions.csv", 11, "ts cannot be read as a time"),
        ("sessions.csv", 12, "fewer fields than the header has"),
        ("sessions.csv", 13, "more fields than the header has"),
        ("sessions.csv", 14, "ts is missing"),
    ]
    assert world.bad("sessions")[2]["row"] == {"account_id": "a1", "ts": "yesterday", "ip": "1.1.1.1"}
    table = report["sessions"]
    assert (table.rows, table.kept, table.quarantined) == (11, 3, 8)
    assert table.reasons["ts cannot be read as a time"] == 3
    assert world.rows("clean_sessions", "ip") == [("1.1.1.1",), ("2.2.2.2",), ("two\n\nlines",)]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n\n"], ids=["plain", "bom", "blank lines"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("ending", ["", ".zst"])
def test_lines_are_counted_whatever_ends_them(world, start, end, ending):
    world.lenient()
    lines = [b"account_id,plan", b"a1,x", b"a2", b'a3,"one', b'two"', b"", b",y", b"a4", b"a5,z"]
    world.write(f"accounts.csv{ending}", start + end.join(lines) + end)
    world.ingest()
    before = start.count(b"\n")
    assert [row["line"] - before for row in world.bad("accounts")] == [3, 7, 8]
    assert world.rows("account", "account_id") == [("a1",), ("a3",), ("a5",)]


def test_json_lines_that_are_none_are_set_aside(world):
    world.lenient()
    world.write(
        "accounts.jsonl",
        b'{"account_id": "a1"}\n'
        b"\n"
        b'{"account_id": "a2",\n'
        b"[1, 2]\n"
        b'{"account_id": "\xff\xfe"}\n'
        b'{"account_id": "a\\u0000b"}\n'
        b'{"account_id": null}\n'
        b'{"plan": "pro"}\n'
        b'{"account_id": "\\ud800"}\n'
        b'{"account_id": "a3"}\n'
        b"null\n"
        b'{"account_id": "a4"}',
    )
    report = world.ingest()
    assert places(world, "accounts") == [
        ("accounts.jsonl", 3, "is not a JSON object"),
        ("accounts.jsonl", 4, "is not a JSON object"),
        ("accounts.jsonl", 5, "is not UTF-8"),
        ("accounts.jsonl", 6, "account_id holds a NUL byte"),
        ("accounts.jsonl", 7, "account_id is missing"),
        ("accounts.jsonl", 8, "account_id is missing"),
        ("accounts.jsonl", 9, "is not a JSON object"),
        ("accounts.jsonl", 11, "is not a JSON object"),
    ]
    assert world.rows("account", "account_id") == [("a1",), ("a3",), ("a4",)]
    assert report["accounts"].rows == 11


def test_bytes_that_are_no_text_are_set_aside(world, accounts):
    accounts(1)
    world.lenient()
    world.write(
        "sessions.csv", b"account_id,ts,ip\na1,2026-01-01,\xff\na1,2026-01-01,x\x00y\na\x001,2026-01-01,z\n"
    )
    report = world.ingest()
    assert places(world, "sessions") == [
        ("sessions.csv", 2, "is not UTF-8"),
        ("sessions.csv", 4, "account_id holds a NUL byte"),
    ]
    assert report["sessions"].unreadable == {"ip": 1}
    assert world.rows("clean_sessions", "ip") == [(None,)]


def test_a_quote_that_is_not_closed_loses_no_line_in_silence(world, accounts):
    accounts(200)
    lines = GOOD.splitlines(keepends=True)
    lines[120] = 'a121,2026-01-01,"open\n'
    world.lenient()
    world.write("sessions.csv", "account_id,ts,ip\n" + "".join(lines))
    report = world.ingest()
    assert report["sessions"].kept == 120
    assert [row["line"] for row in world.bad("sessions")] == list(range(122, 202))
    assert report["sessions"].rows == 200


def test_parquet_rows_are_set_aside_by_number(world, accounts):
    accounts(1)
    world.lenient()
    rows = [
        {"account_id": f"a{i % 3}" if i % 5 else None, "ts": datetime(2026, 1, 1), "ip": str(i)}
        for i in range(10)
    ]
    world.write("sessions/1.parquet", rows)
    world.write("sessions/2.parquet", rows[1:5])
    report = world.ingest()
    assert places(world, "sessions") == [
        ("sessions/1.parquet", 1, "account_id is missing"),
        ("sessions/1.parquet", 6, "account_id is missing"),
    ]
    assert (report["sessions"].kept, report["sessions"].duplicates) == (8, 4)
    assert world.rows("clean_sessions", "ip") == [(str(i),) for i in (1, 2, 3, 4, 6, 7, 8, 9)]


@pytest.mark.parametrize("name", ["payment_methods.csv", "payment_methods.jsonl", "payment_methods.parquet"])
@pytest.mark.parametrize("card", [CARD, "4111111111111111", "5500-0000-0000-0004", " 378282246310005 "])
def test_a_card_number_is_never_kept(world, accounts, caplog, name, card):
    accounts(1)
    world.lenient()
    rows = [{"account_id": "a1", "fingerprint": card}, {"account_id": "a1", "fingerprint": "fp_1"}]
    world.write(name, rows if not name.endswith("csv") else f"account_id,fingerprint\na1,{card}\na1,fp_1\n")
    report = world.ingest()
    assert [row[2] for row in places(world, "payment_methods")] == ["fingerprint passes for a card number"]
    assert world.bad("payment_methods")[0]["row"]["fingerprint"].strip() == "«card number»"
    assert world.rows("clean_payment_methods", "fingerprint") == [("fp_1",)]
    everywhere = (
        (world.quarantine / "payment_methods.parquet").read_bytes().decode("latin-1")
        + caplog.text
        + str(report)
    )
    assert card.strip() not in everywhere


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("links", {"account_id": "a1", "kind": "wallet", "value": CARD}),
        ("sessions", {"account_id": "a1", "ts": "2026-01-01", "device_id": CARD}),
        ("exchanges", {"account_id": "a1", "ts": "2026-01-01", "credential_id": 4111111111111111}),
        ("payments", {"account_id": "a1", "ts": "2026-01-01", "fingerprint": CARD}),
        ("accounts", {"account_id": "a1", "referral_code": CARD}),
        ("indicators", {"kind": "card", "value": CARD}),
    ],
)
@pytest.mark.parametrize("extension", ["jsonl", "parquet"])
def test_no_table_takes_a_card_number(world, table, row, extension):
    world.lenient()
    world.write("links/0.csv", "account_id,kind,value\na2,x,y\n")
    world.write("accounts/0.csv", "account_id\na9\n")
    world.write(f"{table}/1.{extension}", [row])
    world.ingest()
    assert len(world.bad(table)) == 1
    assert "1111" not in str(world.bad(table))


def test_numbers_that_only_look_like_cards_stay(world, accounts):
    accounts(1)
    values = [
        "4111111111111112",
        "1767225600000",
        "411111111111",
        "1" * 20,
        "4111x1111x1111x1111",
        "0000-1111",
    ]
    world.write("links.jsonl", [{"account_id": "a1", "kind": "k", "value": value} for value in values])
    world.ingest()
    assert world.rows("clean_links", "value") == sorted((value,) for value in values)


def test_another_accounts_number_may_look_like_a_card(world, accounts):
    accounts(1)
    world.write("links.csv", "account_id,kind,value\n4111111111111111,account,5500000000000004\n")
    world.ingest()
    assert world.rows("account", "account_id", "known") == [
        ("4111111111111111", False),
        ("5500000000000004", False),
        ("a1", True),
    ]


def test_quarantine_shows_nothing_sensitive(world, accounts):
    accounts(1)
    world.lenient()
    secret = {
        "account_id": None,
        "ts": "2026-01-01",
        "prompt": "my secret",
        "system_prompt": "my secret",
        "user_agent": f"pays {CARD}",
    }
    world.write("exchanges.jsonl", [secret])
    world.write("accounts.csv", f"account_id,email,phone\na1,,\nA\n,x@y.z,+4912345\nA,{CARD}\n")
    world.ingest()
    text = str(world.bad("exchanges")) + str(world.bad("accounts"))
    assert not re.search(r"secret|1111|x@y|4912345", text)
    assert world.bad("exchanges")[0]["row"]["prompt"] == "«masked»"


def test_unreadable_optional_values_become_null_and_are_counted(world, caplog):
    world.write(
        "accounts.csv",
        "account_id,created_at,status,closed_at\na1,soon,active,\na2,2026-01-01,asleep,1500\na3,,,2026-01-01\n",
    )
    report = world.ingest()
    assert report["accounts"].unreadable == {"created_at": 1, "status": 1, "closed_at": 1}
    assert report.unreadable == 3
    assert "count as missing: 1 of created_at, 1 of status, 1 of closed_at" in caplog.text
    assert world.rows("account", "account_id", "created_at", "status", "closed_at") == [
        ("a1", None, "active", None),
        ("a2", datetime(2026, 1, 1), "unknown", None),
        ("a3", None, "unknown", datetime(2026, 1, 1)),
    ]


@pytest.mark.parametrize("extension", ["csv", "parquet"])
def test_unreadable_numbers(world, accounts, extension):
    accounts(1)
    counts = ["5", "-1", "1.5", "x", "", "1e3", "99999999999999999999"]
    if extension == "csv":
        text = "".join(f"a1,2026-01-0{i + 1},{count}\n" for i, count in enumerate(counts))
        world.write("exchanges.csv", "account_id,ts,input_tokens\n" + text)
    else:
        world.write(
            "exchanges.parquet",
            [
                {"account_id": "a1", "ts": f"2026-01-0{i + 1}", "input_tokens": c}
                for i, c in enumerate(counts)
            ],
        )
    report = world.ingest()
    assert report["exchanges"].unreadable == {"input_tokens": 4}
    assert [row[1] for row in world.rows("clean_exchanges", "ts", "input_tokens")] == [
        5,
        None,
        None,
        None,
        None,
        1000,
        None,
    ]


@pytest.mark.parametrize("name", ["sessions.csv", "sessions.parquet"])
def test_exact_duplicates_collapse(world, accounts, name):
    accounts(2)
    rows = [
        ("a1", "2026-01-01", "x"),
        ("a2", "2026-01-01", "x"),
        ("a1", "2026-01-01", "x"),
        ("a1", "2026-01-01", "y"),
    ]
    if name.endswith("csv"):
        world.write(name, "account_id,ts,ip\n" + "".join(",".join(row) + "\n" for row in rows))
    else:
        world.write(name, [dict(zip(("account_id", "ts", "ip"), row, strict=True)) for row in rows])
    report = world.ingest()
    assert (report["sessions"].rows, report["sessions"].kept, report["sessions"].duplicates) == (4, 3, 1)
    assert world.rows("clean_sessions", "account_id", "ip") == [("a1", "x"), ("a1", "y"), ("a2", "x")]


def test_duplicates_collapse_across_formats(world, accounts):
    accounts(1)
    world.write("exchanges/1.csv", "account_id,ts,prompt\na1,2026-01-01T00:00:00Z,hi\n")
    world.write("exchanges/2.parquet", [{"account_id": "a1", "ts": datetime(2026, 1, 1), "prompt": "hi"}] * 2)
    world.write("exchanges/3.jsonl", [{"account_id": "a1", "ts": 1767225600, "prompt": "ho"}])
    assert world.ingest()["exchanges"].duplicates == 2
    assert world.rows("clean_exchanges", "prompt") == [("hi",), ("ho",)]


def test_prompts_tell_rows_apart(world, accounts):
    accounts(1)
    world.write("exchanges.parquet", [{"account_id": "a1", "ts": "2026-01-01", "prompt": p} for p in "abca"])
    assert world.ingest()["exchanges"].duplicates == 1
    assert world.rows("clean_exchanges", "prompt") == [("a",), ("b",), ("c",)]


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.parquet"])
def test_of_conflicting_accounts_the_last_stands(world, name):
    rows = [("a1", "free"), ("a2", "free"), ("a1", "pro"), ("a1", "free"), ("a1", "max")]
    if name.endswith("csv"):
        world.write(name, "account_id,plan\n" + "".join(",".join(row) + "\n" for row in rows))
    else:
        world.write(name, [dict(zip(("account_id", "plan"), row, strict=True)) for row in rows])
    report = world.ingest()
    assert world.rows("account", "account", "account_id", "plan") == [(0, "a1", "max"), (1, "a2", "free")]
    table = report["accounts"]
    assert (table.rows, table.kept, table.duplicates, table.superseded, table.quarantined) == (5, 2, 1, 2, 0)
    shift = 1 if name.endswith("csv") else 0
    assert places(world, "accounts") == [
        (name, 1 + shift, "a later row of this account differs"),
        (name, 3 + shift, "a later row of this account differs"),
    ]


def test_accounts_of_other_tables_are_created(world, accounts):
    accounts(1)
    world.write("links.csv", "account_id,kind,value\nb,account,c\nb,other,d\n")
    world.write("payments.csv", "account_id,ts\ne,2026-01-01\n")
    world.write("labels.csv", "account_id,ring_id\nf,r\n")
    report = world.ingest()
    assert world.rows("account", "account", "account_id", "status", "known") == [
        (0, "a1", "unknown", True),
        (1, "b", "unknown", False),
        (2, "c", "unknown", False),
        (3, "e", "unknown", False),
    ]
    assert (report.accounts, report.unknown_accounts) == (4, 3)


def test_too_many_bad_rows_stop_the_run(world, accounts):
    accounts(1)
    world.write("sessions.csv", "account_id,ts,ip\n" + GOOD + "a1,never,x\n" * 3)
    with pytest.raises(
        InputError, match=r"sessions: 3 of 203 rows \(1.5%\).*ts cannot be read as a time"
    ) as caught:
        world.ingest()
    assert "\n" not in str(caught.value)
    assert len(world.bad("sessions")) == 3


def test_the_limit_itself_is_not_too_many(world, accounts):
    accounts(1)
    world.write("sessions.csv", "account_id,ts,ip\n" + GOOD + "a1,never,x\n" * 2)
    assert world.ingest()["sessions"].quarantined == 2


def test_old_quarantine_goes_away(world, accounts):
    accounts(1)
    world.lenient()
    world.write("sessions.csv", "account_id,ts\na1,never\na1,2026-01-01\n")
    world.ingest()
    assert world.bad("sessions")
    world.write("sessions.csv", "account_id,ts\na1,2026-01-01\n")
    world.ingest()
    assert not (world.quarantine / "sessions.parquet").exists()


def test_json_lines_are_counted_past_those_that_are_no_text(world):
    world.lenient()
    lines = [b'{"account_id": "a1"}', b"\xff", b"\xff", b"x", b'{"account_id": "a2"}', b"\xff", b"", b"y"]
    world.write("accounts.jsonl", b"\n".join(lines))
    world.ingest()
    assert [(row["line"], row["reason"]) for row in world.bad("accounts")] == [
        (2, "is not UTF-8"),
        (3, "is not UTF-8"),
        (4, "is not a JSON object"),
        (6, "is not UTF-8"),
        (8, "is not a JSON object"),
    ]


def test_a_field_beyond_the_longest_record_is_set_aside(world, monkeypatch):
    from linkage.sources import text_parts

    monkeypatch.setattr(text_parts, "MAX_LINE", 2_000_000)
    world.lenient()
    world.write("accounts/1.csv", "account_id,plan\na1,x\na2," + "y" * 3_000_000 + "\na3,z\n")
    world.write(
        "accounts/2.jsonl",
        [{"account_id": "b1"}, {"account_id": "b2", "plan": "y" * 3_000_000}, {"account_id": "b3"}],
    )
    world.ingest()
    assert places(world, "accounts") == [
        ("accounts/1.csv", 3, "is too long"),
        ("accounts/2.jsonl", 2, "is too long"),
    ]
    assert world.rows("account", "account_id") == [("a1",), ("a3",), ("b1",), ("b3",)]
