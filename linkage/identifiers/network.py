"""Network: where an account comes from."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from linkage.identifiers.base import Bucket, Family, HubRule, Kind
from linkage.identifiers.ranges import RESERVED_V4_REGEX, parse, prefix_64, public, unwrapped
from linkage.identifiers.text import FINGERPRINT, mask, squash

_BRACKETED = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?")
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")
_ASN = re.compile(r"(?:ASN?[ :]?)?0*([1-9][0-9]{0,9})", re.IGNORECASE)
#: AS numbers that name no network: AS_TRANS and the last of either width.
_NO_ASN = frozenset({23456, 65535, 4294967295})


def _bare(value: str) -> tuple[str, int | None]:
    """The address without quotes, brackets, port and zone; the length of its prefix where one is written."""
    if len(value) > 200:
        return "", None
    text = squash(value).strip("\"' ")
    if match := _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text):
        text = match.group(1)
    text, slash, length = text.partition("/")
    if not slash:
        return text.partition("%")[0], None
    return text.partition("%")[0], int(length) if length.isascii() and length.isdigit() and len(
        length
    ) < 4 else -1


def _read(value: str) -> tuple[IPv4Address | IPv6Address, int] | None:
    """A public address and how many of its bits were given."""
    text, length = _bare(value)
    written = parse(text)
    if written is None or not public(address := unwrapped(written)):
        return None
    bits = 32 if address.version == 4 else 128
    if length is None:
        return address, bits
    if ":" in text and address.version == 4:  # the prefix counts the bits of the wrapping address
        return (address, bits) if length == 128 else None
    return (address, length) if 0 <= length <= bits else None


def clean_ip(value: str) -> str | None:
    """A public address: IPv4 as a dotted quad, IPv6 as its /64; None for anything that identifies nobody."""
    found = _read(value)
    if found is None:
        return None
    address, length = found
    if isinstance(address, IPv4Address):
        return str(address) if length == 32 else None
    return prefix_64(address) if length >= 64 else None


def clean_subnet(value: str) -> str | None:
    """The /24 or /48 of an address or of a longer prefix."""
    found = _read(value)
    if found is None:
        return None
    address, length = found
    if isinstance(address, IPv4Address):
        return str(IPv4Network((address, 24), strict=False)) if length >= 24 else None
    return str(IPv6Network((address, 48), strict=False)) if length >= 48 else None


def clean_asn(value: str) -> str | None:
    """An autonomous system as `AS64500`."""
    match = _ASN.fullmatch(squash(value)) if len(value) < 100 else None
    number = int(match.group(1)) if match and match.group(1).isascii() else 0
    return f"AS{number}" if 0 < number < 2**32 and number not in _NO_ASN else None


def _caption_ip(key: str) -> str:
    if FINGERPRINT.fullmatch(key):
        return mask(key)
    if ":" not in key:
        return key.rpartition(".")[0] + ".…"
    groups = key.removesuffix("/64").split("::")[0].split(":")
    return ":".join(groups[:3]) + ":…"


def _caption_subnet(key: str) -> str:
    if FINGERPRINT.fullmatch(key):
        return mask(key)
    if ":" not in key:
        return ".".join(key.split(".")[:2]) + ".…/24"
    return ":".join(key.split("::")[0].split(":")[:2]) + ":…/48"


_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_QUAD = rf"{_OCTET}(\.{_OCTET}){{3}}"
# The /64 of an address whose first four groups are spelled out, none of them zero or with leading zeros: the
# text up to there and `::`. First group 2003-2fff and 3xxx other than 3fff, or 2001 with a long second group
# (no reserved space in either). What follows must make eight groups or hold one `::`.
_FIRST = (
    "(2001:[1-9a-f][0-9a-f]{3}|(200[3-9a-f]|20[1-9a-f][0-9a-f]|2[1-9a-f][0-9a-f]{2}|3[0-9a-e][0-9a-f]{2})%s)"
)
_GROUP = "(:[1-9a-f][0-9a-f]{0,3})"
_HEAD = (_FIRST % _GROUP) + _GROUP + "{2}"
_TAIL = "((:[0-9a-f]{1,4}){4}|::(/64)?|::[0-9a-f]{1,4}(:[0-9a-f]{1,4}){0,2})"


def _fast(v4: str, v6: str) -> str:
    return f"""CASE
    WHEN regexp_full_match(value, '{_QUAD}')
    THEN CASE WHEN regexp_full_match(value, '{RESERVED_V4_REGEX}') THEN '' ELSE {v4} END
    WHEN regexp_full_match(value, '{_HEAD}{_TAIL}') THEN {v6}
END"""


_IP_SQL = _fast("value", f"regexp_extract(value, '^{_HEAD}') || '::/64'")
_SUBNET_SQL = _fast(
    r"regexp_extract(value, '^[0-9]+\.[0-9]+\.[0-9]+') || '.0/24'",
    "regexp_extract(value, '^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+') || '::/48'",
)

KINDS = (
    # One address at nearly the same time: a ring behind one exit, a household, an office, or a carrier's NAT.
    # Half of a ring's pairs meet on one somewhere, careful rings on none. Providers hand an address to
    # another subscriber within days, so uses more than three days apart are not shared use; 12 bits, since a
    # household is always possible. An hour's grain lets hand-offs and synchrony be seen.
    Kind(
        name="ip",
        family=Family.NETWORK,
        m=0.5,
        cap=12.0,
        window=timedelta(days=3),
        half_life=timedelta(days=180),
        bucket=Bucket.HOUR,
        label="IP address",
        clean=clean_ip,
        fast_sql=_IP_SQL,
        caption=_caption_ip,
    ),
    # Neighbours in address: a hosting customer's block, or a city's subscribers. Support only.
    Kind(
        name="subnet",
        family=Family.NETWORK,
        m=0.6,
        cap=4.0,
        window=timedelta(days=3),
        half_life=timedelta(days=180),
        hub=HubRule.ALWAYS,
        derived_from="ip",
        label="IP network",
        clean=clean_subnet,
        fast_sql=_SUBNET_SQL,
        caption=_caption_subnet,
    ),
    # The same provider: a bit or two, where the provider is a small one.
    Kind(
        name="asn",
        family=Family.NETWORK,
        m=0.7,
        cap=2.0,
        window=timedelta(days=7),
        half_life=timedelta(days=180),
        hub=HubRule.ALWAYS,
        personal=False,
        label="network operator (ASN)",
        clean=clean_asn,
        fast_sql="CASE WHEN regexp_full_match(value, 'AS[1-9][0-9]{0,8}') "
        "AND value NOT IN ('AS23456', 'AS65535') THEN value END",
    ),
)
