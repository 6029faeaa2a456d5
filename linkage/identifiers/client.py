"""Client stack: the software that an account uses."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.text import mask, plain, shorten, token

# TLSVersion,Ciphers,Extensions,EllipticCurves,EllipticCurvePointFormats
_JA3_TEXT = re.compile(r"[0-9]{1,5}(?:,[0-9-]*){4}")


def clean_user_agent(value: str) -> str | None:
    """The user agent, white space tidied. Versions stay: an odd one is what there is to learn from."""
    return token(value)


def clean_tls(value: str) -> str | None:
    """A JA3 or JA4 fingerprint in lower case; a spelled-out JA3 becomes its hash."""
    text = plain(value)
    if text is not None and _JA3_TEXT.fullmatch(text):
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    key = token(value)
    if key is None:
        return None
    lower = key.lower()
    return lower if lower.isascii() else key


def clean_tools(value: str) -> str | None:
    """The hash of a tool list; hexadecimal in lower case."""
    key = token(value)
    return key.lower() if key is not None and re.fullmatch(r"[0-9A-Fa-f]{8,128}", key) else key


_JA3_OR_JA4 = "[0-9a-f]{32}|[a-z0-9]{8,12}_[0-9a-f]{12}_[0-9a-f]{12}"
_TLS_SQL = f"CASE WHEN regexp_full_match(value, '{_JA3_OR_JA4}') THEN value END"
_TOOLS_SQL = "CASE WHEN regexp_full_match(value, '[0-9a-f]{8,128}') THEN value END"
_WORD = "[A-Za-z0-9/._();,:+-]+"
_AGENT_SQL = (
    f"CASE WHEN regexp_full_match(value, '{_WORD}( {_WORD}){{1,60}}') "
    "AND length(value) BETWEEN 24 AND 512 THEN value END"
)

KINDS = (
    # A ring's tooling sends one user agent, and so do millions: some bits of support, never a link. Versions
    # move on, so only use within two weeks counts as the same client.
    Kind(
        name="user_agent",
        family=Family.CLIENT,
        m=0.6,
        cap=3.0,
        window=timedelta(days=14),
        hub=HubRule.ALWAYS,
        personal=False,
        clean=clean_user_agent,
        fast_sql=_AGENT_SQL,
        caption=shorten,
    ),
    # The TLS stack names a library and its version, shared by all who use it; it lives longer than a user
    # agent.
    Kind(
        name="tls",
        family=Family.CLIENT,
        m=0.6,
        cap=4.0,
        window=timedelta(days=30),
        hub=HubRule.ALWAYS,
        personal=False,
        label="TLS fingerprint",
        clean=clean_tls,
        fast_sql=_TLS_SQL,
        caption=shorten,
    ),
    # A private set of tools is one team's code. Popular harnesses bring theirs to everybody: cohesion tells
    # them apart.
    Kind(
        name="tools",
        family=Family.CONTENT,
        m=0.4,
        cap=8.0,
        half_life=timedelta(days=180),
        personal=False,
        label="tool set",
        clean=clean_tools,
        fast_sql=_TOOLS_SQL,
        caption=mask,
    ),
)
