"""Good input in every format."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.sources import CONTRACTS

ROWS = [
    {"account_id": "a1", "ts": "2026-01-02T03:04:05Z", "ip": "10.0.0.1", "user_agent": 'x,"y"\nz'},
    {"account_id": "a2", "ts": "2026-01-02T03:04:06+02:00", "ip": None, "user_agent": "ü"},
]
WANTED = [
    ("a1", datetime(2026, 1, 2, 3, 4, 5), "10.0.0.1", 'x,"y"\nz'),
    ("a2", datetime(2026, 1, 2, 1, 4, 6), None, "ü"),
]
CSV = (
    "account_id,ts,ip,user_agent\n"
    'a1,2026-01-02T03:04:05Z,10.0.0.1,"x,""y""\nz"\n'
    "a2,2026-01-02T03:04:06+02:00,,ü\n"
)
COLUMNS = ("account_id", "ts", "ip", "user_agent")


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("extension", ["csv", "tsv", "jsonl", "ndjson"])
def test_every_text_format_gives_the_same_rows(world, accounts, extension, ending):
    accounts(2)
    content = {"csv": CSV, "tsv": CSV.replace('x,"', "x#").replace(",", "\t").replace("x#", 'x,"')}.get(
        extension, ROWS
    )
    world.write(f"sessions.{extension}{ending}", content)
    report = world.ingest()
    assert world.rows("clean_sessions", *COLUMNS) == WANTED
    assert (report["sessions"].rows, report["sessions"].kept) == (2, 2)
    assert report["sessions"].files == (f"sessions.{extension}{ending}",)


def test_parquet_stays_a_view(world, accounts):
    accounts(2)
    world.write("sessions.parquet", ROWS)
    world.ingest()
    assert world.rows("clean_sessions", *COLUMNS) == WANTED
    kinds = world.warehouse.arrow("SELECT table_name, table_type FROM information_schema.tables").to_pylist()
    assert {"table_name": "clean_sessions", "table_type": "VIEW"} in kinds


def test_a_valid_parquet_view_pays_for_no_text_function(world, accounts):
    accounts(1)
    table = pa.table(
        {"account_id": ["a1"], "ts": pa.array([datetime(2026, 1, 1)], pa.timestamp("us")), "ip": ["1.1.1.1"]}
    )
    pq.write_table(table, world.folder / "exchanges.parquet")
    world.ingest()
    view = world.warehouse.scalar("SELECT sql FROM duckdb_views() WHERE view_name = 'clean_exchanges'")
    assert not any(word in view for word in ("trim", "regexp", "CASE", "passes", "ANTI", "EXISTS"))


def test_a_folder_of_mixed_formats_is_one_table(world, accounts):
    accounts(3)
    world.write("sessions/one.csv.gz", "ts,account_id\n2026-01-01,a1\n")
    world.write("sessions/deep/two.jsonl", [{"account_id": "a2", "ts": 1767225600, "device_id": "d"}])
    world.write("sessions/three.parquet", [{"account_id": "a3", "ts": 1767225600000}])
    world.write("sessions/_SUCCESS", "")
    report = world.ingest()
    first = datetime(2026, 1, 1)
    assert world.rows("clean_sessions", "account_id", "ts", "device_id") == [
        ("a1", first, None),
        ("a2", first, "d"),
        ("a3", first, None),
    ]
    assert len(report["sessions"].files) == 3


def test_parquet_files_with_different_columns_are_one_table(world, accounts):
    accounts(2)
    world.write("sessions/1.parquet", [{"account_id": "a1", "ts": "2026-01-01"}])
    world.write("sessions/2.parquet", [{"ip": "1.2.3.4", "account_id": "a2", "ts": "2026-01-01"}])
    world.ingest()
    assert world.rows("clean_sessions", "account_id", "ip") == [("a1", None), ("a2", "1.2.3.4")]


def test_every_table_exists_with_its_types(world, accounts):
    accounts(1)
    world.ingest()
    for table, contract in CONTRACTS.items():
        wanted = {column.name: column.type for column in contract.columns}
        assert world.warehouse.columns(f"clean_{table}") == wanted
    assert world.warehouse.rows("clean_exchanges") == 0


def test_several_sources_feed_one_table(world, accounts):
    accounts(2)
    world.write("transfers.csv", "who,whom,direction\na1,x1,out\na2,x1,in\n")
    world.write("invites.csv", "account_id,by\na2,a1\n")
    world.configure("""
[[sources.links]]
file = "transfers.csv"
undated = true
columns.account_id = "who"
columns.value = "whom"
columns.kind = "'transfer_' || direction"
[[sources.links]]
file = "invites.csv"
columns.kind = "'account'"
columns.value = "by"
""")
    report = world.ingest()
    assert world.rows("clean_links", "account_id", "kind", "value") == [
        ("a1", "transfer_out", "x1"),
        ("a2", "account", "a1"),
        ("a2", "transfer_in", "x1"),
    ]
    assert report.undated == {"links"}
    assert world.rows("source_undated", "undated").count((True,)) == 1
    assert world.rows("clean_links", "kind", "first_seen")[1:] == [
        ("transfer_in", datetime(1970, 1, 1)),
        ("transfer_out", datetime(1970, 1, 1)),
    ]


def test_an_undated_source_stands_at_one_moment(world, accounts):
    accounts(1)
    world.write(
        "exchanges.jsonl", [{"account_id": "a1", "prompt": "one"}, {"account_id": "a1", "prompt": "two"}]
    )
    world.configure("[sources.exchanges]\nundated = true")
    report = world.ingest()
    assert world.rows("clean_exchanges", "ts", "prompt") == [
        (datetime(1970, 1, 1), "one"),
        (datetime(1970, 1, 1), "two"),
    ]
    assert report["exchanges"].undated


def test_a_query_is_a_source(world):
    world.write("events.jsonl", [{"who": "b"}, {"who": "a"}, {"who": "b"}])
    world.configure(
        "[sources.accounts]\n"
        "query = \"SELECT DISTINCT who AS account_id FROM read_json('{dir}/events.jsonl')\""
    )
    assert world.ingest().accounts == 2


def test_a_folder_or_glob_may_be_named(world):
    world.write("in/a-1.csv", "id\na\n")
    world.write("in/a-2.csv", "id\nb\n")
    world.write("in/b.csv", "id\nc\n")
    world.configure('[sources.accounts]\nfile = "in/a-*.csv"\ncolumns.account_id = "id"')
    world.ingest()
    assert world.rows("account", "account_id") == [("a",), ("b",)]
    world.configure('[sources.accounts]\nfile = "in"\ncolumns.account_id = "id"')
    assert world.ingest().accounts == 3


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfaccount_id,plan\r\na1,pro\r\na2,\r\n",
        b"\n\naccount_id,plan\na1,pro\n\na2,\n",
        b'"Account_ID ";PLAN\na1;pro\na2;\n',
        b"account_id,plan\na1,pro\r\na2,\n",
        b"account_id,plan\r\na1,pro\na2,\r\n",
        b"account_id,plan\ra1,pro\ra2,\r",
        b"account_id,plan\n  a1 ,\tpro\n\xc2\xa0a2,\\N",
    ],
    ids=["bom-crlf", "blank lines", "semicolons and case", "lf then crlf", "crlf then lf", "cr", "blanks"],
)
def test_csv_as_people_write_it(world, content):
    world.write("accounts.csv", content)
    world.ingest()
    assert world.rows("account", "account_id", "plan") == [("a1", "pro"), ("a2", None)]


def test_a_bom_before_json_is_no_row(world):
    world.write("accounts.jsonl", b'\xef\xbb\xbf{"account_id": "a1"}\r\n\r\n{"account_id": "a2"}\r\n')
    assert world.ingest().accounts == 2


def test_physical_types_are_cast(world):
    table = pa.table(
        {
            "account_id": pa.array([7, 8], pa.int32()),
            "created_at": pa.array(
                [datetime(2026, 1, 1, tzinfo=UTC), None], pa.timestamp("ms", "Europe/Berlin")
            ),
            "closed_at": pa.array([date(2026, 2, 1), None]),
            "org_id": pa.array([12.0, None]),
            "status": pa.array(["ACTIVE", "Banned "]).dictionary_encode(),
            "plan": pa.array([b"pro", None]),
        }
    )
    pq.write_table(table, world.folder / "accounts.parquet")
    exchanges = [
        {
            "account_id": "7",
            "ts": 1767225600.5,
            "input_tokens": "12",
            "output_tokens": 3.0,
            "tools_hash": None,
        },
        {
            "account_id": "9",
            "ts": 1767225601.0,
            "input_tokens": " 13 ",
            "output_tokens": None,
            "tools_hash": None,
        },
    ]
    world.write("exchanges.parquet", exchanges)
    report = world.ingest()
    assert world.rows(
        "account", "account_id", "created_at", "closed_at", "org_id", "status", "plan", "known"
    ) == [
        ("7", datetime(2026, 1, 1), datetime(2026, 2, 1), "12", "active", "pro", True),
        ("8", None, None, None, "banned", None, True),
        ("9", None, None, None, "unknown", None, False),
    ]
    assert world.rows("clean_exchanges", "account_id", "ts", "input_tokens", "output_tokens") == [
        ("7", datetime(2026, 1, 1, 0, 0, 0, 500000), 12, 3),
        ("9", datetime(2026, 1, 1, 0, 0, 1), 13, None),
    ]
    assert report["exchanges"].unreadable == {}


def test_nested_values_become_json_text(world, accounts):
    accounts(1)
    prompt = [{"role": "user", "content": "hi"}]
    for name in ("exchanges.jsonl", "exchanges.parquet"):
        world.write(name, [{"account_id": "a1", "ts": "2026-01-01", "prompt": prompt}])
        world.ingest()
        assert '"content":"hi"' in world.rows("clean_exchanges", "prompt")[0][0].replace(" ", "")
        (world.folder / name).unlink()


def test_a_field_of_a_million_characters_works(world, accounts):
    accounts(1)
    text = "word, \n" * 300_000
    world.write("exchanges/1.jsonl", [{"account_id": "a1", "ts": "2026-01-01", "prompt": text}])
    world.write("exchanges/2.csv", f'account_id,ts,prompt\na1,2026-01-02,"{text}"\n')
    world.ingest()
    assert world.rows("clean_exchanges", "length(prompt)") == [(len(text),), (len(text),)]


def test_unknown_columns_are_named_once(world, caplog):
    world.write("accounts/1.csv", "account_id,shoe_size\na,1\n")
    world.write("accounts/2.csv", "account_id,shoe_size,hat\nb,1,2\n")
    report = world.ingest()
    assert report["accounts"].unknown == ("shoe_size", "hat")
    assert [record.getMessage() for record in caplog.records] == [
        "accounts: columns that nothing uses: shoe_size, hat"
    ]


def test_progress_is_told(world, accounts):
    from linkage.sources import ingest

    accounts(1)
    told = []
    ingest(world.warehouse, world.folder, world.settings, world.quarantine, lambda *what: told.append(what))
    assert told[:3] == [("accounts", "read"), ("accounts", "checked"), ("accounts", "done")]
