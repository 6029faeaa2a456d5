"""Who is named by the allow-list or by others, however it is written there."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from linkage.identifiers.keys import Keyring, Sealer, Unkeyed
from linkage.identifiers.registry import Kinds
from linkage.run.named import UNSTATED, name_identifiers, read_barred
from linkage.warehouse import Warehouse

HOUR = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() // 3600)
BEFORE, AFTER = datetime(2026, 2, 28), datetime(2026, 3, 2)
KEYRING = Keyring(b"0123456789abcdef")
KINDS = Kinds.build({}, ["Wallet"])

Row = tuple[str, str, datetime | None]


@pytest.fixture
def warehouse():
    with Warehouse.open(None, threads=1) as opened:
        yield opened


def held(warehouse: Warehouse, values: Sequence[tuple[str, str]], accounts: int = 2) -> None:
    """Identifiers that so many accounts hold each."""
    table = {
        "identifier": pa.array(range(len(values)), pa.int32()),
        "kind": pa.array([KINDS.number(kind) for kind, _ in values], pa.uint16()),
        "key": pa.array([key for _, key in values], pa.string()),
        "accounts": pa.array([accounts] * len(values), pa.int64()),
    }
    warehouse.register("identifier", pa.table(table))
    numbers = pa.array(range(len(KINDS)), pa.uint16())
    warehouse.register("kind_number", pa.table({"kind": numbers, "name": [kind.name for kind in KINDS]}))
    accounts = pa.table({"account": pa.array([0, 1, 2], pa.int32()), "account_id": ["a0", "a1", "4111"]})
    warehouse.register("account", accounts)


def said(
    warehouse: Warehouse,
    allowed: Sequence[Row] = (),
    indicated: Sequence[tuple[str, str, str | None, float | None, datetime | None]] = (),
    sealer: Sealer | None = None,
) -> tuple[str, ...]:
    """The kinds that are none."""
    texts = {"kind": pa.string(), "value": pa.string()}
    until = pa.timestamp("us")
    for name, types, rows in (
        ("allow_list", {**texts, "expires_at": until}, allowed),
        (
            "indicators",
            {**texts, "source": pa.string(), "confidence": pa.float64(), "valid_until": until},
            indicated,
        ),
    ):
        columns = {
            column: pa.array([row[place] for row in rows], kind)
            for place, (column, kind) in enumerate(types.items())
        }
        warehouse.register(f"clean_{name}", pa.table(columns))
    return name_identifiers(warehouse, KINDS, HOUR, sealer or Unkeyed(), keyed=sealer is not None)


def indicators(warehouse: Warehouse) -> list[tuple[int, float, list[str | None]]]:
    return [tuple(row.values()) for row in warehouse.records("SELECT * FROM indicated ORDER BY 1")]


def test_allowed_values_are_barred_in_any_writing_until_their_date(warehouse):
    values = [("ip", "8.8.8.8"), ("ip", "9.9.9.9"), ("card", "fp_1x"), ("ip", "1.1.1.1"), ("template", "T")]
    held(warehouse, values)
    rows = [
        (" IP ", "::ffff:8.8.8.8", AFTER),
        ("ip", "9.9.9.9", BEFORE),
        ("card", " fp_1x ", None),
        ("no_such_kind", "1.1.1.1", AFTER),
        ("ip", "not an address", AFTER),
        ("device", "1.1.1.1", AFTER),
    ]
    assert said(warehouse, rows) == ("no_such_kind",)
    assert read_barred(warehouse, 5).tolist() == [True, False, True, False, False]
    assert indicators(warehouse) == []


def test_a_network_names_each_address_in_it(warehouse):
    values = ["8.8.7.255", "8.8.8.0", "8.8.8.255", "8.8.9.0", "2a02:8:1:2::/64", "2a02:9:1:2::/64"]
    held(warehouse, [*(("ip", value) for value in values), ("subnet", "8.8.8.0/24")])
    said(
        warehouse,
        [("ip", "8.8.8.0/24", AFTER), ("IP", " 2a02:8::/32 ", AFTER), ("ip", "0.0.0.0/0", BEFORE)],
        [("ip", "8.8.0.0/16", "feed", 0.75, None), ("ip", "8.8.9.0/32", "feed", 0.5, None)],
    )
    assert read_barred(warehouse, 7).tolist() == [False, True, True, False, True, False, False]
    # What the operator allows is not held against anybody; of two networks the surer word counts.
    assert indicators(warehouse) == [(0, 0.75, ["feed"]), (3, 0.75, ["feed"])]


def test_a_network_names_no_address_that_is_kept_as_a_fingerprint(warehouse):
    held(warehouse, [("ip", KEYRING.fingerprint("ip", "8.8.8.8"))])
    said(warehouse, [("ip", "8.8.8.0/24", AFTER)], sealer=KEYRING)
    assert read_barred(warehouse, 1).tolist() == [False]


def test_an_account_may_be_allowed(warehouse):
    held(warehouse, [("account", "a0"), ("ip", "8.8.8.8")])
    said(warehouse, [("account", " a0", AFTER), ("account", "a1", BEFORE), ("ip", "a1", AFTER)])
    assert warehouse.arrow("SELECT account FROM allowed_account")["account"].to_pylist() == [0]
    # Who is tied to it by a transfer or an invitation is not tied any more.
    assert read_barred(warehouse, 2).tolist() == [True, False]


def test_an_empty_allow_list_bars_nothing(warehouse):
    held(warehouse, [("ip", "8.8.8.8")])
    assert said(warehouse) == ()
    assert read_barred(warehouse, 1).tolist() == [False]
    assert indicators(warehouse) == []


def test_a_kind_of_the_data_is_found_as_it_is_written_there(warehouse):
    held(warehouse, [("Wallet", "w-1")])
    assert said(warehouse, [("Wallet", "w-1", AFTER)]) == ()
    assert read_barred(warehouse, 1).tolist() == [True]


@pytest.mark.parametrize("sealer", [None, KEYRING], ids=["unkeyed", "keyed"])
def test_what_is_stored_as_a_fingerprint_is_found_by_its_plain_value(warehouse, sealer):
    made = sealer or Unkeyed()
    values = [
        ("phone", made.fingerprint("phone", "+41446681800")),
        ("ip", "8.8.8.8" if sealer is None else made.fingerprint("ip", "8.8.8.8")),
        ("template", "T-1"),
    ]
    held(warehouse, values)
    plain = [("phone", "+41 44 668 18 00"), ("ip", "8.8.8.8"), ("template", "T-1")]
    said(warehouse, [(*row, AFTER) for row in plain], sealer=sealer)
    assert read_barred(warehouse, 3).tolist() == [True, True, True]
    said(warehouse, indicated=[(*row, "feed", 0.5, None) for row in plain], sealer=sealer)
    assert [row[0] for row in indicators(warehouse)] == [0, 1, 2]


def test_an_indicator_may_come_as_a_fingerprint_of_our_key(warehouse):
    ours = KEYRING.fingerprint("ip", "8.8.8.8")
    held(warehouse, [("ip", ours), ("ip", KEYRING.fingerprint("ip", "9.9.9.9"))])
    theirs = Keyring(b"fedcba9876543210").fingerprint("ip", "9.9.9.9")
    rows = [("ip", value, "feed", 0.9, None) for value in (f" {ours} ", theirs)]
    said(warehouse, indicated=rows, sealer=KEYRING)
    assert indicators(warehouse) == [(0, 0.9, ["feed"])]


def test_of_several_indicators_the_surest_counts_and_all_are_named(warehouse):
    held(warehouse, [("ip", "8.8.8.8"), ("ip", "9.9.9.9"), ("ip", "1.1.1.1")], accounts=1)
    rows = [
        ("ip", "8.8.8.8", "b", 0.3, None),
        ("ip", "::ffff:8.8.8.8", "a", 0.7, AFTER),
        ("ip", "8.8.8.8", "old", 1.0, BEFORE),
        ("ip", "9.9.9.9", None, None, None),
    ]
    said(warehouse, indicated=rows)
    assert indicators(warehouse) == [(0, 0.7, ["a", "b"]), (1, UNSTATED, [])]


def test_what_the_operator_allows_no_indicator_names(warehouse):
    held(warehouse, [("ip", "8.8.8.8")])
    said(warehouse, [("ip", "8.8.8.8", AFTER)], [("ip", "8.8.8.8", "feed", 1.0, None)])
    assert indicators(warehouse) == []
