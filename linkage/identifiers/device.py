"""Device: the machine or the secret that an account acts with."""

from __future__ import annotations

import re
from datetime import timedelta

from linkage.identifiers.base import Family, Kind
from linkage.identifiers.text import PLACEHOLDERS, TOKEN_SQL, mask, quoted, token

# Ids that makers and systems hand to everybody: the Android 2.2 ANDROID_ID, the MAC address that Android and
# iOS show to applications, boards shipped without a serial number, test IMEIs.
_DEFAULTS = frozenset(
    {
        "9774d56d682e549c",
        "020000000000",
        "03000200040005000006000700080009",
        "004999010640000",
        "012345678912345",
        "0123456789",
        "1234567890",
        "0123456789abcdef",
        "localhost",
        "emulator",
        "deviceid",
        "simulator",
    }
)
_SEPARATORS = re.compile(r"[^0-9a-z]+")
_HEX = re.compile(r"[0-9a-f]+(?:[:-][0-9a-f]+)*", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2}){5}")


def clean_device(value: str) -> str | None:
    """A device id; hexadecimal forms (UUID, MAC) in lower case, defaults and fillers dropped."""
    key = token(value)
    if key is None:
        return None
    inner = key[1:-1] if key.startswith("{") and key.endswith("}") else key
    if _HEX.fullmatch(inner):
        key = inner.lower()
        key = key.replace("-", ":") if _MAC.fullmatch(key) else key
    core = _SEPARATORS.sub("", key.lower())
    if core in PLACEHOLDERS or core in _DEFAULTS or (core.isascii() and len(set(core)) < 2):
        return None
    return key


# Two letters or digits that differ are what no filler has; the expression leaves all else to `clean`.
_DEVICE_SQL = f"""CASE
    WHEN regexp_full_match(value, '[0-9a-z][0-9a-z_-]{{7,127}}')
        AND regexp_matches(value, '[1-9a-z].*[1-9a-z]')
        AND NOT regexp_full_match(value, '[0-9a-f]{{2}}(-[0-9a-f]{{2}}){{5}}')
        AND length(replace(replace(replace(value, substr(value, 1, 1), ''), '-', ''), '_', '')) > 0
        AND replace(replace(value, '-', ''), '_', '') NOT IN ({quoted(PLACEHOLDERS | _DEFAULTS)})
    THEN value
END"""

KINDS = (
    # One machine behind two accounts: strong, with benign stories (a classroom's computers, a family's
    # tablet, a fingerprint that collides). Anti-detect browsers give each account its own, hence m below one
    # half. A machine is sold or reset now and then: uses a season apart need not be one owner's, and the past
    # fades over a year.
    Kind(
        name="device",
        family=Family.DEVICE,
        m=0.4,
        cap=18.0,
        window=timedelta(days=90),
        half_life=timedelta(days=365),
        clean=clean_device,
        fast_sql=_DEVICE_SQL,
        caption=mask,
    ),
    # A key or token seen on two accounts: whoever holds the secret acts as both. Few operators are that
    # careless (m is low), and gateways and leaked keys are the benign stories, so it is strong but not
    # near-proof.
    Kind(
        name="credential",
        family=Family.DEVICE,
        m=0.2,
        cap=20.0,
        clean=token,
        fast_sql=TOKEN_SQL,
        caption=mask,
    ),
)
