"""What is known of a network: operator, country and class of many addresses, by the longest prefix."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from pathlib import Path
from socket import AF_INET6, inet_pton
from typing import Protocol

import maxminddb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import InputError
from linkage.identifiers.ranges import parse

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

FIELDS = ("asn", "country", "class")
SCHEMA = pa.schema([("asn", pa.int64()), ("country", pa.string()), ("class", pa.string())])
REJECTS = pa.schema([("row", pa.int64()), ("cidr", pa.string()), ("reason", pa.string())])

_QUAD = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$"


class Reader(Protocol):
    """What we need of an MMDB reader."""

    def get(self, ip_address: str) -> object:
        """The record of an address, or None."""


@dataclass(frozen=True)
class Intervals:
    """Disjoint intervals of numbers: the i-th starts at `starts[i]` and ends where the next one starts."""

    starts: U64
    rows: I64  # the row that describes the interval, -1 for none

    def find(self, numbers: U64) -> I64:
        """The row for each number, -1 for none."""
        return self.rows[np.searchsorted(self.starts, numbers, side="right") - 1]


def flatten(starts: U64, lengths: I64, rows: I64, width: int) -> Intervals:
    """Nested prefixes (first number, prefix length of `width` bits, row) as disjoint intervals.

    Prefixes of one length never overlap, so the lengths are painted one over the other, the shortest first.
    Of equal prefixes the last one stands.
    """
    sizes = np.where(
        lengths == 0, 0, np.left_shift(np.uint64(1), (width - lengths).astype(np.uint64) % np.uint64(64))
    )
    ends = starts + (sizes.astype(np.uint64) - np.uint64(1))  # inclusive, since 2^64 is no uint64
    if width < 64:
        ends = np.where(lengths == 0, np.uint64((1 << width) - 1), ends)
    bounds = np.unique(np.concatenate([np.zeros(1, np.uint64), starts, ends + np.uint64(1)]))
    painted = np.full(len(bounds), -1, dtype=np.int64)
    for length in np.unique(lengths):
        chosen = np.flatnonzero(lengths == length)
        order = chosen[np.lexsort((chosen, starts[chosen]))]
        level, last = starts[order], ends[order]
        place = np.searchsorted(level, bounds, side="right") - 1
        inside = (place >= 0) & (bounds <= last[place])
        painted[inside] = rows[order][place[inside]]
    return Intervals(bounds, painted)


def prefix_number(network: IPv4Network | IPv6Network) -> tuple[int, int, int]:
    """Version, first number and prefix length; IPv6 by its upper half, IPv4 inside IPv6 as IPv4."""
    if isinstance(network, IPv6Network):
        inner = network.network_address.ipv4_mapped
        if inner is None and network.prefixlen > 64:
            raise ValueError("IPv6 prefixes longer than /64 are not told apart")
        if inner is None:
            return 6, int(network.network_address) >> 64, network.prefixlen
        if network.prefixlen < 96:
            raise ValueError("a mapped IPv4 prefix needs at least 96 bits")
        return 4, int(inner), network.prefixlen - 96
    return 4, int(network.network_address), network.prefixlen


def address_numbers(keys: pa.Array) -> tuple[I64, U64, I64, U64]:
    """Positions and numbers of the IPv4 keys, and of the IPv6 keys (upper half); other text has none."""
    quads = np.asarray(pc.fill_null(pc.match_substring_regex(keys, _QUAD), False))
    at4 = np.flatnonzero(quads)
    parts = pc.split_pattern(keys.take(pa.array(at4)), ".").flatten().cast(pa.int64())
    octets = np.asarray(parts, dtype=np.int64).reshape(-1, 4)
    sound = (octets <= 255).all(axis=1)
    at4, octets = at4[sound], octets[sound].astype(np.uint64)
    shifts = np.array([24, 16, 8, 0], dtype=np.uint64)
    values4: U64 = (octets << shifts).sum(axis=1, dtype=np.uint64)
    at6, values6 = [], []
    others = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring(keys, ":"), False)))
    for place, key in zip(others.tolist(), keys.take(pa.array(others)).to_pylist(), strict=True):
        half = _upper_half(key.partition("/")[0])
        if half is not None:
            at6.append(place)
            values6.append(half)
    return at4, values4, np.array(at6, dtype=np.int64), np.array(values6, dtype=np.uint64)


def _upper_half(text: str) -> int | None:
    """The first 64 bits of an IPv6 address."""
    with suppress(OSError, ValueError):
        # Canonical keys; ten times as fast as the class, which knows more spellings.
        return int.from_bytes(inet_pton(AF_INET6, text)[:8])
    address = parse(text)
    return int(address) >> 64 if address is not None and not isinstance(address, IPv4Address) else None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _asn(value: object) -> int | None:
    digits = (
        str(value).strip().upper().removeprefix("ASN").removeprefix("AS").strip() if value is not None else ""
    )
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else -1
    return number if 0 <= number < 2**32 else None


_FLAGS = (
    ("is_tor_exit_node", "tor"),
    ("is_residential_proxy", "residential_proxy"),
    ("is_anonymous_vpn", "vpn"),
    ("is_hosting_provider", "hosting"),
)


def _record(record: object) -> tuple[int | None, str | None, str | None]:
    """ASN, country and class from a record in one of the usual layouts (MaxMind, DB-IP, IPinfo, our own)."""
    if not isinstance(record, dict):
        return None, None, None
    traits = record.get("traits")
    flat = {**record, **(traits if isinstance(traits, dict) else {})}
    country = flat.get("country") or flat.get("registered_country")
    code = country.get("iso_code") if isinstance(country, dict) else flat.get("country_code") or country
    kind = next((name for flag, name in _FLAGS if flat.get(flag) is True), None)
    return (
        _asn(flat.get("autonomous_system_number", flat.get("asn"))),
        _text(code),
        kind or _text(flat.get("class")) or _text(flat.get("user_type")),
    )


@dataclass(frozen=True)
class NetworkTable:
    """Ranges that the operator knows, then MMDB files; each field from the longest prefix that states it."""

    columns: pa.Table
    intervals: dict[tuple[str, int], Intervals]
    readers: tuple[Reader, ...] = ()
    rejects: pa.Table = field(default_factory=REJECTS.empty_table)

    @classmethod
    def build(cls, ranges: pa.Table | None = None, mmdb: Sequence[Path | str | Reader] = ()) -> NetworkTable:
        """From an `ip_ranges` table and MMDB files; rows (from 0) without a readable CIDR go to `rejects`."""
        readers = tuple(_opened(item) for item in mmdb)
        if ranges is None:
            ranges = pa.table({"cidr": pa.array([], pa.string())})
        ranges = ranges.combine_chunks()
        columns = pa.table([_column(ranges, name) for name in FIELDS], schema=SCHEMA)
        known, rejects = [], []
        for row, text in enumerate(ranges["cidr"].to_pylist()):
            try:
                if text is None:
                    raise ValueError("no cidr")
                known.append((*prefix_number(ip_network(str(text).strip(), strict=False)), row))
            except ValueError as error:
                rejects.append({"row": row, "cidr": text, "reason": str(error)})
        table = np.array(known, dtype=object).reshape(-1, 4)
        intervals = {}
        for name in FIELDS:
            given = np.asarray(columns[name].is_valid())
            for version, width in ((4, 32), (6, 64)):
                part = table[(table[:, 0] == version) & given[table[:, 3].astype(np.int64)]]
                if len(part):
                    starts, rows = part[:, 1].astype(np.uint64), part[:, 3].astype(np.int64)
                    intervals[name, version] = flatten(starts, part[:, 2].astype(np.int64), rows, width)
        return cls(columns, intervals, readers, pa.Table.from_pylist(rejects, schema=REJECTS))

    def lookup(self, keys: pa.Array | pa.ChunkedArray) -> pa.Table:
        """Columns asn, country and class for canonical `ip` keys, in their order; null where unknown."""
        array = (keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys).cast(pa.string())
        at4, values4, at6, values6 = address_numbers(array)
        found = []
        for name in FIELDS:
            rows = np.full(len(array), -1, dtype=np.int64)
            for version, places, values in ((4, at4, values4), (6, at6, values6)):
                if (name, version) in self.intervals and len(places):
                    rows[places] = self.intervals[name, version].find(values)
            found.append(self.columns[name].combine_chunks().take(pa.array(rows, mask=rows < 0)))
        for reader in self.readers:
            found = self._filled(found, array, np.union1d(at4, at6), reader)
        return pa.table(found, schema=SCHEMA)

    def _filled(self, found: list[pa.Array], keys: pa.Array, places: I64, reader: Reader) -> list[pa.Array]:
        """The columns with their gaps filled from one MMDB file."""
        gaps = np.logical_or.reduce([np.asarray(column.is_null()) for column in found])
        places = places[gaps[places]]
        wanted = keys.take(pa.array(places)).dictionary_encode()
        records = [_record(_asked(reader, key.partition("/")[0])) for key in wanted.dictionary.to_pylist()]
        filled = []
        for number, column in enumerate(found):
            values = pa.array([record[number] for record in records], type=column.type).take(wanted.indices)
            index = np.full(len(keys), -1, dtype=np.int64)
            index[places] = np.arange(len(places))
            filled.append(pc.coalesce(column, values.take(pa.array(index, mask=index < 0))))
        return filled


def _column(ranges: pa.Table, name: str) -> pa.Array:
    """A column of the ranges in its type; all null where it is missing, null where a value cannot be read."""
    if name not in ranges.column_names:
        return pa.nulls(len(ranges), SCHEMA.field(name).type)
    values = ranges[name].to_pylist()
    if name == "asn":
        return pa.array(
            [_asn(int(v) if isinstance(v, float) and v.is_integer() else v) for v in values], pa.int64()
        )
    texts = (_text(value) for value in values)
    fold = str.upper if name == "country" else str.lower
    return pa.array([fold(text) if text else None for text in texts], pa.string())


def _asked(reader: Reader, address: str) -> object:
    try:
        return reader.get(address)
    except ValueError:  # an IPv6 address in a file of IPv4 only
        return None
    except maxminddb.InvalidDatabaseError as error:
        raise InputError(f"broken MMDB file ({error})") from None


def _opened(item: Path | str | Reader) -> Reader:
    if not isinstance(item, Path | str):
        return item
    try:
        return maxminddb.open_database(item)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise InputError(f"{item}: not a readable MMDB file ({error})") from None
