"""Mail addresses: the mailbox behind a spelling, its domain, and the shape of its name."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files

from linkage.identifiers.text import FINGERPRINT, quoted, settled, squash

_LINES = [
    line.split()
    for line in files(__package__).joinpath("mail_providers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
#: Providers where anybody gets a mailbox: sharing the domain says nothing.
FREE_MAIL = frozenset(line[0] for line in _LINES)
#: Domains that lead to the mailbox of another.
_ALIASES = {name: note[1:] for name, *notes in _LINES for note in notes if note.startswith("=")}
#: Providers that deliver `name+tag` to `name`. Elsewhere a plus may be part of the name.
_TAGGED = frozenset(name for name, *notes in _LINES if "tags" in notes)

_NOWHERE = frozenset({"invalid", "localhost", "local", "localdomain", "internal"})
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")
_SHAPE = re.compile(r"(?:[au9][1-9]|[._+?-]){1,24}")
_LONGEST = 400


def _domain(text: str) -> str | None:
    """A host name in lower-case ASCII; None where mail cannot be delivered to it."""
    text = text.strip().removesuffix(".")
    if not text or len(text) > 253:
        return None
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    if len(name) > 253 or not _DOMAIN.fullmatch(name) or name.rpartition(".")[2] in _NOWHERE:
        return None
    return name


def _local(text: str) -> str | None:
    if text.isascii():
        text = text.lower()
    else:
        text = settled(lambda name: unicodedata.normalize("NFKC", name.casefold()), text[:200]) or ""
    return text if _LOCAL.fullmatch(text) else None


def _split(value: str) -> tuple[str, str] | None:
    """Local part and domain of an address, out of `Name <mailbox>` or `mailto:` where it stands there."""
    if len(value) > _LONGEST or "@" not in value:
        return None
    text = squash(value)
    if match := _NAMED.fullmatch(text):
        text = match.group(1).strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    name, _, host = text.strip().rpartition("@")
    local, domain = _local(name), _domain(host)
    return None if local is None or domain is None else (local, domain)


def _mailbox(value: str) -> str | None:
    parts = _split(value)
    if parts is None:
        return None
    local, domain = parts
    domain = _ALIASES.get(domain, domain)
    if domain in _TAGGED:
        local = local.partition("+")[0]
    if domain == "gmail.com":
        local = local.replace(".", "")
    return f"{local}@{domain}" if local else None


def clean_email(value: str) -> str | None:
    """The mailbox: one spelling for all addresses that lead to it. A fingerprint of one stays as it is."""
    return value if FINGERPRINT.fullmatch(value) else settled(_mailbox, value)


def clean_email_domain(value: str) -> str | None:
    """The domain of an address, or a domain itself; None for free-mail providers."""
    if len(value) > _LONGEST:
        return None
    if "@" in value:
        parts = _split(value)
        name = parts[1] if parts else None
    else:
        name = _domain(squash(value))
    return None if name in FREE_MAIL else name


def clean_email_shape(value: str) -> str | None:
    """How the name of a mailbox is built: `john.smith92@…` is `a4.a592`.

    `a` stands for ASCII letters, `u` for other letters, `9` for digits, each with the length of its run (9
    for nine or more); `.`, `_`, `-` and `+` stay, anything else is `?`. A shape is its own shape.
    """
    if "@" not in value:
        text = value.strip()
        return text if _SHAPE.fullmatch(text) else None
    parts = _split(value)
    if parts is None:
        return None
    shape = ""
    for match in re.finditer(r"([a-z]+)|([0-9]+)|([._+-])|([^\W\d_a-z]+)|(.)", parts[0]):
        size = min(len(match.group()), 9)
        letters, digits, mark, foreign, _ = match.groups()
        shape += f"a{size}" if letters else f"9{size}" if digits else mark or (f"u{size}" if foreign else "?")
    return shape if _SHAPE.fullmatch(shape) else None


_PLAIN = r"[a-z0-9._-]{1,64}(\+[a-z0-9._-]*)?@([a-z0-9][a-z0-9-]{0,40}[a-z0-9]\.){1,3}[a-z]{2,12}"
_HOST = "split_part(value, '@', 2)"
_USER = "split_part(split_part(value, '@', 1), '+', 1)"
_DEAD_END = rf"\.({'|'.join(sorted(_NOWHERE))})$"
_KNOWN = f"""length(split_part(value, '@', 1)) <= 64 AND regexp_full_match(value, '{_PLAIN}')
    AND NOT regexp_matches(value, '{_DEAD_END}')"""

EMAIL_SQL = f"""CASE WHEN {_KNOWN} THEN CASE
    WHEN {_HOST} = 'gmail.com' THEN CASE WHEN replace({_USER}, '.', '') <> ''
        THEN replace({_USER}, '.', '') || '@gmail.com' ELSE '' END
    WHEN {_HOST} IN ({quoted(tuple(_ALIASES))}) THEN NULL
    WHEN {_HOST} IN ({quoted(_TAGGED)}) THEN {_USER} || '@' || {_HOST}
    ELSE value
END END"""

DOMAIN_SQL = f"""CASE WHEN {_KNOWN}
    THEN CASE WHEN {_HOST} IN ({quoted(FREE_MAIL)}) THEN '' ELSE {_HOST} END END"""

_RUNS = "regexp_extract_all(split_part(value, '@', 1), '[a-z]+|[0-9]+|[._+-]')"
_RUN = """CASE WHEN run[1] BETWEEN 'a' AND 'z' THEN 'a' || least(length(run), 9)
    WHEN run[1] BETWEEN '0' AND '9' THEN '9' || least(length(run), 9) ELSE run END"""

SHAPE_SQL = f"""CASE WHEN {_KNOWN} THEN CASE WHEN len({_RUNS}) <= 24
    THEN array_to_string(list_transform({_RUNS}, lambda run: {_RUN}), '') ELSE '' END END"""
