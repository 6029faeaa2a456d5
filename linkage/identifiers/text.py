"""Text that identifiers are made of: tidied, bounded, masked; and the words that stand for "no value"."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

#: A longer value is kept as its digest: no key is a document.
MAX_KEY = 512

#: What exporters, SDKs and people write where there is no value (compared in lower case).
PLACEHOLDERS = frozenset(
    {
        "(empty)", "(not set)", "(null)", "(unknown)", "***", "-", "--", ".", "0", "<null>", "?",
        "[redacted]", "\\n", "anonymous", "blank", "default", "default string", "empty", "error", "false",
        "invalid", "missing", "n/a", "na", "nan", "nil", "none", "not applicable", "not available",
        "not set", "null", "redacted", "system serial number", "tbd", "test", "to be filled by o.e.m.",
        "todo", "true", "undefined", "unknown", "unspecified", "xxx",
    }
)  # fmt: skip

#: Text that already is a fingerprint (see `keys`): cleaning leaves it alone.
FINGERPRINT = re.compile(r"hmac:[0-9a-f]{8,16}:[0-9a-f]{64}|unkeyed:[0-9a-f]{64}")

# Lone surrogates cannot be stored as UTF-8; zero-width marks make equal values look different on purpose.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]+")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def squash(value: str) -> str:
    """The text with white space and control characters run together and invisible marks removed."""
    return _BLANK.sub(" ", _INVISIBLE.sub("", value)).strip(" ")


def bounded(text: str) -> str:
    """The text composed (NFC), or its digest where it is too long to be a key."""
    if len(text) <= MAX_KEY:  # composing is quadratic in combining marks, hence only ever short text
        text = unicodedata.normalize("NFC", text)
    if len(text) <= MAX_KEY:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: str) -> str | None:
    """The value tidied; None where nothing is left."""
    return bounded(squash(value)) or None


def token(value: str) -> str | None:
    """An opaque token tidied; None where nothing is left or a placeholder stands in its place."""
    text = plain(value)
    return None if text is None or text.lower() in PLACEHOLDERS else text


def settled(step: Callable[[str], str | None], value: str) -> str | None:
    """The fixed point of a normalisation that Unicode may need more than once; None where there is none."""
    text: str | None = value
    for _ in range(5):
        before, text = text, step(text) if text is not None else None
        if text is None or text == before:
            return text
    return None


def mask(key: str) -> str:
    """A key that can be recognised by who knows it and not read by who does not: `pm_…9f3a`."""
    if FINGERPRINT.fullmatch(key):
        return f"{key[:4]}…{key[-4:]}"
    head = re.match(r"[A-Za-z]{1,5}_", key)
    shown = head.group() if head else ""
    rest = len(key) - len(shown)
    return shown + ("…" if rest < 8 else f"…{key[-2:]}" if rest < 12 else f"…{key[-4:]}")


def shorten(key: str, width: int = 60) -> str:
    """A key that need not be hidden, cut to a width that fits a line."""
    return key if len(key) <= width else key[: width - 1] + "…"


def in_full(key: str) -> str:
    """A sentence that names accounts: nothing in it need be hidden, but it must fit."""
    return shorten(key, 160)


def quoted(words: frozenset[str] | tuple[str, ...]) -> str:
    """Words as the inside of an SQL `IN (…)`, in a fixed order."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words))


#: `token` for the plain ASCII shape that nearly all opaque tokens have; the rest takes the slow path.
TOKEN_SQL = (
    "CASE WHEN regexp_full_match(value, '[A-Za-z0-9_.:=+/-]{2,128}') "
    f"THEN CASE WHEN lower(value) IN ({quoted(PLACEHOLDERS)}) THEN '' ELSE value END END"
)
