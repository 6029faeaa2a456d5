"""Input that cannot be worked with: one line that names the file and what is wrong, exit code 65 or 2."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError

GOOD = "".join(f"a{i},2026-01-01,ok{i}\n" for i in range(1, 201))


def refused(world, *words):
    with pytest.raises((InputError, UsageError)) as caught:
        world.ingest()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message, message
    return caught.value


def test_no_accounts_file(world):
    assert refused(world, "accounts").exit_code == 65


@pytest.mark.parametrize("content", ["", "\n\n", b"\xef\xbb\xbf"])
def test_an_empty_accounts_file(world, content):
    world.write("accounts.csv", content)
    refused(world, "accounts.csv", "empty")


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.jsonl", "accounts.parquet"])
def test_no_account_anywhere(world, name):
    if name.endswith("parquet"):
        pq.write_table(pa.table({"account_id": pa.array([], pa.string())}), world.folder / name)
    else:
        world.write(name, "account_id\n" if name.endswith("csv") else "")
    refused(world, "there are no accounts")


def test_accounts_may_all_come_from_other_tables(world):
    world.write("accounts.csv", "account_id\n")
    world.write("links.csv", "account_id,kind,value\nb,x,y\n")
    assert world.ingest().accounts == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sessions.csv", "account_id,ip\na,b\n"),
        ("sessions.jsonl", [{"account_id": "a"}]),
        ("sessions.parquet", [{"account_id": "a"}]),
    ],
)
def test_a_missing_required_column(world, accounts, name, content):
    accounts(1)
    world.write(name, content)
    refused(world, name, "column ts")


def test_a_column_that_is_there_twice(world):
    world.write("accounts.csv", "account_id,Account_ID\na,b\n")
    refused(world, "accounts.csv", "account_id")


def test_a_folder_whose_second_file_lacks_the_column(world):
    world.write("accounts/1.parquet", [{"account_id": "a"}])
    world.write("accounts/2.parquet", [{"id": "b"}])
    refused(world, "accounts/2.parquet", "account_id")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sessions.csv.gz", gzip.compress(b"account_id,ts\n" + GOOD.encode())[:-60]),
        ("sessions.jsonl.gz", gzip.compress(b'{"account_id": "a", "ts": 1767225600}\n' * 999)[:-20]),
        ("sessions.csv.gz", b"account_id,ts\na,2026-01-01\n"),
        ("sessions.csv.zst", b"account_id,ts\na,2026-01-01\n"),
        ("sessions.parquet", b"PAR1 this is no Parquet PAR1"),
        ("sessions.parquet", b""),
        ("sessions.csv", "account_id,ts\n".encode("utf-16")),
        ("sessions.xlsx", None),
    ],
    ids=["gz cut", "json gz cut", "no gz", "no zst", "no parquet", "empty parquet", "utf-16", "xlsx"],
)
def test_an_unreadable_file(world, accounts, name, content):
    accounts(1)
    if content is None:
        world.write("sessions/one.xlsx", b"PK")
        refused(world, "sessions/one.xlsx", "format")
        return
    world.write(name.removesuffix(".gz").removesuffix(".zst") + ".tmp", content)
    (world.folder / (name.removesuffix(".gz").removesuffix(".zst") + ".tmp")).rename(world.folder / name)
    refused(world, name)


def test_a_zstandard_file_that_is_cut(world, accounts):
    accounts(1)
    path = world.write("sessions.csv.zst", "account_id,ts,ip\n" + GOOD * 500)
    path.write_bytes(path.read_bytes()[:-40])
    refused(world, "sessions.csv.zst", "cannot be read")


def test_a_parquet_file_that_is_broken_inside(world, accounts):
    accounts(1)
    path = world.write(
        "sessions.parquet", [{"account_id": f"a{i * 7919}", "ts": "2026-01-01"} for i in range(5000)]
    )
    data = bytearray(path.read_bytes())
    data[100:4000] = bytes(3900)
    path.write_bytes(bytes(data))
    refused(world, "sessions.parquet")


def test_two_files_that_claim_a_table(world, accounts):
    accounts(1)
    world.write("accounts.jsonl", [{"account_id": "a"}])
    refused(world, "accounts.csv", "accounts.jsonl")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('[sources.accounts]\nquery = "SELECT nothing"', ["sources.accounts", "nothing"]),
        ('[sources.accounts]\nquery = "SELEC 1"', ["sources.accounts", "syntax"]),
        (
            "[sources.accounts]\nquery = \"SELECT * FROM read_csv('{dir}/none.csv')\"",
            ["sources.accounts", "none.csv"],
        ),
        ('[sources.accounts]\nquery = "SELECT 1 AS x"', ["sources.accounts", "account_id"]),
        ('[sources.accounts]\ncolumns.account_id = "number"', ["accounts.csv", "number", "account_id"]),
        ("[sources.accounts]\ncolumns.account_id = \"'a' || number\"", ["accounts.csv", "number"]),
        ('[sources.accounts]\ncolumns.acount_id = "x"', ["sources.accounts", "account_id"]),
        ('[sources.acounts]\nfile = "x.csv"', ["acounts", "accounts"]),
        ('[sources.accounts]\nfile = "accounts.csv"\nformat = "xls"', ["xls"]),
    ],
)
def test_a_source_that_is_configured_wrongly(world, accounts, config, words):
    accounts(1)
    world.configure(config)
    refused(world, *words)


def test_an_optional_file_that_is_absent_is_skipped(world, accounts):
    accounts(1)
    world.configure('[sources.links]\nfile = "none.csv"')
    assert world.ingest()["links"].rows == 0
