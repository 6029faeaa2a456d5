"""Which column of which table is a sighting of which kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feed:
    """Rows of `clean_<table>` in which `column` holds a value of `kind`, seen at each of the `times` (columns)."""

    kind: str
    table: str
    column: str
    times: tuple[str, ...] = ("ts",)


_CLIENT = {"ip": "ip", "device": "device_id", "user_agent": "user_agent", "tls": "tls_fingerprint"}
_SPAN = ("first_seen", "last_seen")
_BORN = ("created_at",)

FEEDS: tuple[Feed, ...] = (
    Feed("card", "payment_methods", "fingerprint", _SPAN),
    Feed("card", "payments", "fingerprint"),
    Feed("bin", "payment_methods", "bin", _SPAN),
    *(Feed(kind, table, column) for table in ("sessions", "exchanges") for kind, column in _CLIENT.items()),
    Feed("credential", "exchanges", "credential_id"),
    Feed("template", "exchanges", "template_id"),
    Feed("system_prompt", "exchanges", "system_prompt"),
    Feed("tools", "exchanges", "tools_hash"),
    Feed("email", "accounts", "email", _BORN),
    Feed("phone", "accounts", "phone", _BORN),
    Feed("referral_code", "accounts", "referral_code", _BORN),
)
