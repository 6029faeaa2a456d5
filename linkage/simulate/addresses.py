"""The address plan: public blocks by class and country, and addresses handed out from them.

An address is a number: IPv4 as it stands, an IPv6 home prefix as V6 + block, site and interface (14, 32 and 16
bits), the interface 0 until the day's is drawn.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pyarrow as pa

from linkage.simulate.catalog import COUNTRIES
from linkage.simulate.codes import I64, join_pieces, mix

#: First octets with private, shared, documentation, benchmark or multicast space somewhere inside.
_RESERVED = {0, 10, 100, 127, 169, 172, 192, 198, 203}
_OCTETS = [octet for octet in range(1, 224) if octet not in _RESERVED]
#: Usable addresses of a /16: each /24 without its first and last.
_USABLE = 256 * 254

V6 = 1 << 62
_V6_BLOCK, _V6_SITE = 48, 16
#: First /32 that home prefixes come from, and the step to the next country's.
_V6_FIRST, _V6_STEP = 0x2A02_1000, 0x0107

CLASSES = ("residential", "cgnat", "mobile", "hosting", "vpn", "residential_proxy", "corporate", "education")


@dataclass(frozen=True)
class Space:
    """The /16 blocks of one class in one country (`bases`: first address of each)."""

    bases: I64
    stride: int

    @property
    def capacity(self) -> int:
        """How many addresses the space holds."""
        return len(self.bases) * _USABLE

    def at(self, index: I64) -> I64:
        """The addresses at these positions; neighbours in position lie far apart in the space."""
        place = (index * self.stride) % self.capacity
        block, rest = np.divmod(place, _USABLE)
        return np.asarray(self.bases[block] + (rest // 254) * 256 + rest % 254 + 1, dtype=np.int64)


@dataclass
class AddressPlan:
    """All address space of the world, and how much of each class and country is handed out."""

    spaces: dict[tuple[str, int], Space]
    ranges: dict[str, list[object]]
    used: dict[tuple[str, int], int] = field(default_factory=dict)

    def take(self, kind: str, countries: I64) -> I64:
        """One fresh address of the class for each country given."""
        out = np.empty(len(countries), dtype=np.int64)
        for country in np.unique(countries):
            rows = np.flatnonzero(countries == country)
            space, start = self.spaces[kind, int(country)], self.used.get((kind, int(country)), 0)
            if start + len(rows) > space.capacity:
                raise ValueError(f"no {kind} address left in {COUNTRIES[country].code}")
            out[rows] = space.at(start + np.arange(len(rows), dtype=np.int64))
            self.used[kind, int(country)] = start + len(rows)
        return out

    def take6(self, countries: I64) -> I64:
        """One fresh IPv6 home prefix for each country given."""
        out = np.empty(len(countries), dtype=np.int64)
        for country in np.unique(countries):
            rows = np.flatnonzero(countries == country)
            # Homes of accounts count up from 0 (`home6`), those of stories down from the top.
            start = self.used.get(("v6", int(country)), 0)
            place = (1 << 32) - 1 - start - np.arange(len(rows), dtype=np.int64)
            out[rows] = home6(np.full(len(rows), country), place)
            self.used["v6", int(country)] = start + len(rows)
        return out

    def blocks(self) -> tuple[I64, I64]:
        """First address of every IPv4 block, sorted, and the place of its class in CLASSES."""
        bases = np.concatenate([space.bases for space in self.spaces.values()])
        sizes = [len(space.bases) for space in self.spaces.values()]
        kinds = np.repeat([CLASSES.index(kind) for kind, _ in self.spaces], sizes)
        order = np.argsort(bases)
        return bases[order], kinds[order]

    def table(self) -> pa.Table:
        """`ip_ranges` in the input format."""
        return pa.table(self.ranges)


def home6(country: I64, place: I64) -> I64:
    """IPv6 prefixes of the homes at these places in their countries; neighbours lie far apart."""
    site = (place * 2_654_435_761) % (1 << 32)
    return np.asarray(V6 + (country << _V6_BLOCK) + (site << _V6_SITE), dtype=np.int64)


def _stride(blocks: int, country: int) -> int:
    """A step that visits every address of the space once before it repeats."""
    step = 26_003 + 2 * country
    while math.gcd(step, blocks * _USABLE) != 1:
        step += 2
    return step


def plan_addresses(people: I64, homes: I64, rng: np.random.Generator) -> AddressPlan:
    """Space for people in each country (by its place in COUNTRIES), `homes` addresses of it for homes.

    What is left of the residential space serves the stories: twice as many addresses as people.
    """
    blocks = [(first << 24) + (second << 16) for first in _OCTETS for second in range(256)]
    order = iter(rng.permutation(len(blocks)))
    spaces: dict[tuple[str, int], Space] = {}
    ranges: dict[str, list[object]] = {"cidr": [], "asn": [], "country": [], "class": []}
    for kind in CLASSES:
        for country, count in enumerate(people):
            need = int(homes[country]) + 2 * int(count) + 4_000 if kind == "residential" else int(count) // 4
            bases = [blocks[next(order)] for _ in range(need // _USABLE + 1)]
            spaces[kind, country] = Space(np.array(bases, dtype=np.int64), _stride(len(bases), country))
            for number, base in enumerate(bases):
                ranges["cidr"].append(f"{base >> 24}.{(base >> 16) & 255}.0.0/16")
                ranges["asn"].append(int(200_000 + 500 * CLASSES.index(kind) + 11 * country + number % 3))
                ranges["country"].append(COUNTRIES[country].code)
                ranges["class"].append(kind)
        if kind == "residential":
            for country in range(len(people)):
                ranges["cidr"].append(f"{_hex_groups(_V6_FIRST + country * _V6_STEP)}::/32")
                ranges["asn"].append(200_000 + 11 * country)
                ranges["country"].append(COUNTRIES[country].code)
                ranges["class"].append(kind)
    return AddressPlan(spaces, ranges)


def _hex_groups(prefix: int) -> str:
    return f"{prefix >> 16:x}:{prefix & 0xFFFF:x}"


_OCTET_BANK = pa.array([f"{n}." for n in range(256)] + [str(n) for n in range(256)])


def ip_strings(addresses: I64) -> pa.Array:
    """Addresses given as numbers in their usual spelling."""
    six = np.flatnonzero(addresses >= V6)
    four = np.flatnonzero(addresses < V6)
    place = np.empty(len(addresses), dtype=np.int64)
    place[four], place[six] = np.arange(len(four)), len(four) + np.arange(len(six))
    both = pa.concat_arrays([_quads(addresses[four]), _groups(addresses[six])])
    return both.take(pa.array(place))


def _groups(addresses: I64) -> pa.Array:
    """Eight groups: prefix and site as they are, the interface a hash (privacy extensions)."""
    country = (addresses - V6) >> _V6_BLOCK
    high = ((_V6_FIRST + country * _V6_STEP) << 32) + ((addresses >> _V6_SITE) & 0xFFFF_FFFF)
    low = mix(addresses.astype(np.uint64))
    shifts = np.array([48, 32, 16, 0])
    pieces = [
        (high[:, None] >> shifts) & 0xFFFF,
        (low[:, None] >> shifts.astype(np.uint64)) & np.uint64(0xFFFF),
    ]
    columns = np.concatenate([part.astype(np.int64) for part in pieces], axis=1)
    columns[:, 7] += 1 << 16
    return join_pieces(_hex_bank(), columns)


@lru_cache(maxsize=1)
def _hex_bank() -> pa.Array:
    return pa.array([f"{n:x}:" for n in range(1 << 16)] + [f"{n:x}" for n in range(1 << 16)])


def _quads(addresses: I64) -> pa.Array:
    shifts = np.array([24, 16, 8, 0])
    octets = (addresses[:, None] >> shifts) & 255
    octets[:, 3] += 256
    return join_pieces(_OCTET_BANK, octets)
