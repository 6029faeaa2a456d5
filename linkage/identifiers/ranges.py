"""Address space that identifies nobody (special-purpose registries, multicast); how addresses are read.

Kept here, not taken from `ipaddress.is_global`, whose answer changed between Python releases and which SQL
does not have.
"""

from __future__ import annotations

from bisect import bisect_right
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

#: Not of the public IPv4 unicast space.
RESERVED_V4 = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared by carriers (CGNAT)
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # IETF protocol assignments
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # 6to4 relays, withdrawn
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/3",  # multicast, reserved, broadcast
)
#: Public IPv6 unicast is 2000::/3 without these.
RESERVED_V6 = (
    "2001::/23",  # IETF protocol assignments (Teredo, ORCHID, benchmarks)
    "2001:db8::/32",  # documentation
    "3fff::/20",  # documentation
)
_WRAPPERS = frozenset(int(IPv6Address(prefix)) >> 32 for prefix in ("::ffff:0:0", "64:ff9b::"))
_SIX_TO_FOUR = 0x2002
_MASK_64 = (1 << 128) - (1 << 64)

#: The same for DuckDB: a regular expression over dotted quads without leading zeros.
RESERVED_V4_REGEX = (
    r"(0|10|127|22[4-9]|2[345][0-9])\..*|100\.(6[4-9]|[789][0-9]|1[01][0-9]|12[0-7])\..*|169\.254\..*"
    r"|172\.(1[6-9]|2[0-9]|3[01])\..*|192\.(0\.[02]|88\.99|168\.[0-9]+)\..*|198\.(1[89]\..*|51\.100\..*)|203\.0\.113\..*"
)

_V4 = sorted((int(n.network_address), int(n.broadcast_address)) for n in map(IPv4Network, RESERVED_V4))
_V4_STARTS = [start for start, _ in _V4]
_V6 = [(int(n.network_address), int(n.broadcast_address)) for n in map(IPv6Network, RESERVED_V6)]


def reserved_v4(number: int) -> bool:
    """Whether the IPv4 address lies outside the public unicast space."""
    place = bisect_right(_V4_STARTS, number) - 1
    return place >= 0 and number <= _V4[place][1]


def reserved_v6(number: int) -> bool:
    """Whether the IPv6 address lies outside the public unicast space."""
    if number >> 125 != 1:  # not 2000::/3
        return True
    return any(start <= number <= end for start, end in _V6)


def unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one (mapped, NAT64, 6to4): the same machine, written differently."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if number >> 32 in _WRAPPERS:
        return IPv4Address(number & 0xFFFFFFFF)
    if number >> 112 == _SIX_TO_FOUR:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    return address


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """An address from its spelling; None where it is none (leading zeros are ambiguous)."""
    if not 2 <= len(text) <= 64 or not text.isascii():
        return None
    try:
        return IPv6Address(text) if ":" in text else IPv4Address(text)
    except ValueError:
        return None


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is of the public unicast space."""
    number = int(address)
    return not (reserved_v4(number) if address.version == 4 else reserved_v6(number))


def prefix_64(address: IPv6Address) -> str:
    """The /64 that the address lies in: what a subscriber gets, where the rest changes by the day."""
    return f"{IPv6Address(int(address) & _MASK_64)}/64"
