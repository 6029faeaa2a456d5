"""Networks by the longest prefix, against the `ipaddress` module; MMDB files against one written here."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.identifiers.networks import NetworkTable

from . import mmdb

Row = tuple[str, int | None, str | None, str | None]


def ranges(*rows: Row) -> pa.Table:
    names = ["cidr", "asn", "country", "class"]
    types = [pa.string(), pa.int64(), pa.string(), pa.string()]
    return pa.table([pa.array([row[i] for row in rows], types[i]) for i in range(4)], names=names)


def look(table: NetworkTable, *keys: str | None) -> list[tuple[object, object, object]]:
    found = table.lookup(pa.array(keys, pa.string()))
    assert found.column_names == ["asn", "country", "class"]
    return [(row["asn"], row["country"], row["class"]) for row in found.to_pylist()]


def test_each_field_comes_from_the_longest_prefix_that_states_it() -> None:
    table = NetworkTable.build(
        ranges(
            ("8.0.0.0/8", 3356, "us", None),
            ("8.8.8.0/24", 15169, None, "Hosting"),
            ("8.8.8.8/32", None, None, "vpn"),
            ("2a00::/16", 7, "DE", None),
            ("2a00:1450::/32", 15169, None, None),
        )
    )
    assert look(table, "8.8.8.8", "8.8.8.9", "8.9.0.1", "9.0.0.1", "2a00:1450:1:2::/64", "2a00:2::/64") == [
        (15169, "US", "vpn"),
        (15169, "US", "hosting"),
        (3356, "US", None),
        (None, None, None),
        (15169, "DE", None),
        (7, "DE", None),
    ]


def test_what_is_no_address_has_no_network() -> None:
    table = NetworkTable.build(ranges(("0.0.0.0/0", 1, None, None), ("::/0", 2, None, None)))
    assert look(table, None, "", "x", "999.1.1.1", "1.2.3", ":::", "hmac:1:2") == [(None, None, None)] * 7
    ends = ["0.0.0.0", "255.255.255.255", "::/64", "ffff:ffff:ffff:ffff::/64"]
    assert [row[0] for row in look(table, *ends)] == [1, 1, 2, 2]
    assert look(table) == []


def test_unreadable_rows_are_reported() -> None:
    table = NetworkTable.build(
        ranges(
            ("8.8.8.0/24", 1, None, None),
            ("8.8.8.300/24", 2, None, None),
            ("", 3, None, None),
            ("2a00::/96", 4, None, None),
            ("::ffff:9.9.9.0/120", 5, None, None),
            ("::ffff:0:0/90", 5, None, None),
            (" 7.7.7.7/24 ", 6, None, None),
        )
    )
    assert table.rejects.column("row").to_pylist() == [1, 2, 3, 5]
    assert table.rejects.column("cidr").to_pylist()[0] == "8.8.8.300/24"
    assert all(table.rejects.column("reason").to_pylist())
    assert [row[0] for row in look(table, "8.8.8.8", "9.9.9.9", "7.7.7.1", "2a00::/64")] == [1, 5, 6, None]


def test_columns_may_be_missing_or_text() -> None:
    table = NetworkTable.build(
        pa.table(
            {
                "cidr": ["8.0.0.0/8", "9.0.0.0/8", "7.0.0.0/8", None],
                "asn": ["AS 15169", "none", "64500.0", "1"],
            }
        )
    )
    assert look(table, "8.1.1.1", "9.1.1.1") == [(15169, None, None), (None, None, None)]
    assert table.rejects.to_pylist() == [{"row": 3, "cidr": None, "reason": "no cidr"}]
    floats = NetworkTable.build(pa.table({"cidr": ["8.0.0.0/8"], "asn": [15169.0]}))
    assert look(floats, "8.1.1.1") == [(15169, None, None)]


def test_an_empty_table_knows_nothing() -> None:
    assert look(NetworkTable.build(), "8.8.8.8", "2a00::/64") == [(None, None, None)] * 2
    assert look(NetworkTable.build(ranges()), "8.8.8.8") == [(None, None, None)]
    chunked = pa.chunked_array([["8.8.8.8"], [], ["9.9.9.9"]], pa.string())
    assert len(NetworkTable.build().lookup(chunked)) == 2


cidr4 = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
    lambda two: str(IPv4Network((two[0] & 0xFF0F00F3, two[1]), strict=False))
)
cidr6 = st.tuples(st.integers(0, 2**16 - 1), st.integers(0, 64)).map(
    lambda two: str(IPv6Network((((two[0] * 0x1000100010001) & (2**64 - 1)) << 64, two[1]), strict=False))
)


def oracle(cidrs: list[str], key: str) -> int | None:
    address = ip_address(key.partition("/")[0])
    holders = [
        (ip_network(text).prefixlen, row) for row, text in enumerate(cidrs) if address in ip_network(text)
    ]
    return max(holders)[1] if holders else None


@given(st.lists(cidr4 | cidr6, max_size=25), st.data())
@settings(max_examples=300, deadline=None)
@example(["2002::/15"], None)
@example(["0.0.0.0/0", "255.255.255.255/32", "::/0", "ffff:ffff:ffff:ffff::/64"], None)
def test_lookup_agrees_with_ipaddress(cidrs: list[str], data: st.DataObject | None) -> None:
    keys = []
    for text in cidrs:
        network = ip_network(text)
        first, last = int(network.network_address), int(network.broadcast_address)
        for number in (first, last, max(first - 1, 0), min(last + 1, 2**network.max_prefixlen - 1)):
            if network.version == 4:
                keys.append(str(ip_address(number)))
            else:
                keys.append(f"{IPv6Network((number >> 64 << 64, 64)).network_address}/64")
    if data is not None:
        keys += [text.partition("/")[0] for text in data.draw(st.lists(cidr4, max_size=5))]
    table = NetworkTable.build(
        pa.table({"cidr": pa.array(cidrs, pa.string()), "asn": pa.array(range(len(cidrs)))})
    )
    assert [row[0] for row in look(table, *keys)] == [oracle(cidrs, key) for key in keys]


def test_mmdb_files_fill_what_the_ranges_leave_open(tmp_path: Path) -> None:
    asn = mmdb.write(
        tmp_path / "asn.mmdb",
        {
            "8.8.8.0/24": {"autonomous_system_number": 15169, "autonomous_system_organization": "G" * 300},
            "9.9.9.0/24": {"autonomous_system_number": 19281},
            "2a00:1450::/32": {"asn": "AS15169"},
        },
    )
    place = mmdb.write(
        tmp_path / "place.mmdb",
        {
            "8.8.8.0/24": {"country": {"iso_code": "US"}, "traits": {"is_hosting_provider": True}},
            "9.9.9.0/24": {"registered_country": {"iso_code": "CH"}, "traits": {"is_anonymous_vpn": True}},
            "7.0.0.0/8": {"country_code": "DE", "user_type": "residential"},
        },
        version=4,
    )
    table = NetworkTable.build(ranges(("9.9.9.9/32", None, None, "corporate")), mmdb=[asn, str(place)])
    keys = ["8.8.8.8", "9.9.9.9", "9.9.9.8", "2a00:1450:1:2::/64", "7.1.1.1", "1.1.1.1", None, "8.8.8.8", "x"]
    assert look(table, *keys) == [
        (15169, "US", "hosting"),
        (19281, "CH", "corporate"),
        (19281, "CH", "vpn"),
        (15169, None, None),
        (None, "DE", "residential"),
        (None, None, None),
        (None, None, None),
        (15169, "US", "hosting"),
        (None, None, None),
    ]


def test_any_reader_will_do() -> None:
    class Fake:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def get(self, ip_address: str) -> object:
            self.asked.append(ip_address)
            return {"2a00::": {"asn": 5, "country": "FR", "class": "mobile"}, "1.1.1.1": "odd"}.get(
                ip_address
            )

    reader = Fake()
    table = NetworkTable.build(mmdb=[reader])
    assert look(table, "2a00::/64", "1.1.1.1", "2a00::/64") == [
        (5, "FR", "mobile"),
        (None,) * 3,
        (5, "FR", "mobile"),
    ]
    assert sorted(reader.asked) == ["1.1.1.1", "2a00::"]  # once each


def test_a_file_that_is_no_mmdb_is_an_input_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not a database")
    for path in (broken, tmp_path / "missing.mmdb"):
        with pytest.raises(InputError, match=path.name):
            NetworkTable.build(mmdb=[path])
