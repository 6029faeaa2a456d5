"""The tables that `linkage` reads: their columns, what each holds, and which are required (CONTRACT.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Holds(Enum):
    """What a column holds; the value is its canonical DuckDB type."""

    TEXT = "VARCHAR"
    TIME = "TIMESTAMP"  # UTC, without zone
    WHOLE = "BIGINT"
    NUMBER = "DOUBLE"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `choices`: the only values (lower case). `card`: a value that passes for a card number is refused.
    `sensitive`: never written to quarantine. `loose`: a text of a huge table that its kind's `clean` trims
    once a distinct value, so that no scan pays for it. `free`: kept to the letter. `future`: a time that may
    lie ahead of the run. `moment`: set to one fixed moment where a source is undated. `low`, `high`: bounds
    of a number.
    """

    name: str
    holds: Holds = Holds.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    card: bool = False
    sensitive: bool = False
    loose: bool = False
    free: bool = False
    lower: bool = False
    future: bool = False
    moment: bool = False
    low: float | None = None
    high: float | None = None

    @property
    def type(self) -> str:
        """The canonical DuckDB type."""
        return self.holds.value


@dataclass(frozen=True)
class Contract:
    """One table. `key`: few columns that are usually unique, a cheap proof that no row is there twice.

    `one`: of rows that agree in these columns and differ in others the last one stands; `conflict` is why the others
    do not.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    conflict: str = ""

    def column(self, name: str) -> Column | None:
        """The column of this name, in any case."""
        return next((column for column in self.columns if column.name == name.lower()), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def sensitive(self) -> bool:
        """Whether any column must not reach quarantine."""
        return any(column.sensitive for column in self.columns)


ACCOUNT = Column("account_id", required=True)


def _time(name: str, *, required: bool = False, future: bool = False, moment: bool = False) -> Column:
    return Column(name, Holds.TIME, required=required, future=future, moment=moment)


def _token(name: str, *, required: bool = False, loose: bool = False) -> Column:
    return Column(name, required=required, card=True, loose=loose)


def _whole(name: str) -> Column:
    return Column(name, Holds.WHOLE, low=0)


_AT = _time("ts", required=True, moment=True)
_CLIENT = (
    Column("ip", loose=True),
    _token("device_id", loose=True),
    Column("user_agent", loose=True),
    _token("tls_fingerprint", loose=True),
)

_ALL = (
    Contract(
        "accounts",
        (
            ACCOUNT,
            _time("created_at"),
            Column("status", choices=("active", "suspended", "banned", "unknown")),
            _time("closed_at"),
            _time("deleted_at"),
            Column("plan"),
            Column("pathway", lower=True),
            Column("org_id"),
            Column("country"),
            Column("email", sensitive=True),
            Column("phone", sensitive=True),
            _token("referral_code"),
        ),
        one=("account_id",),
        conflict="a later row of this account differs",
    ),
    Contract(
        "payment_methods",
        (
            ACCOUNT,
            _token("fingerprint", required=True),
            _token("bin"),
            Column("funding", choices=("credit", "debit", "prepaid", "virtual")),
            _time("first_seen", moment=True),
            _time("last_seen", moment=True),
        ),
    ),
    Contract(
        "payments",
        (
            ACCOUNT,
            _AT,
            _token("fingerprint"),
            Column("amount", Holds.NUMBER),
            Column("currency"),
            Column("outcome", choices=("paid", "declined", "refunded", "chargeback")),
        ),
    ),
    Contract("sessions", (ACCOUNT, _AT, *_CLIENT), key=("account_id", "ts", "ip", "device_id")),
    Contract(
        "exchanges",
        (
            ACCOUNT,
            _AT,
            Column("exchange_id", loose=True),
            Column("model"),
            *_CLIENT,
            _token("credential_id", loose=True),
            Column("prompt", sensitive=True, free=True),
            _token("template_id", loose=True),
            Column("system_prompt", sensitive=True, free=True),
            _token("tools_hash", loose=True),
            _whole("input_tokens"),
            _whole("output_tokens"),
            _whole("status_code"),
            Column("pathway", lower=True),
        ),
        key=("account_id", "ts", "exchange_id"),
    ),
    Contract(
        "links",
        (
            ACCOUNT,
            Column("kind", required=True),
            _token("value", required=True),
            _time("first_seen", moment=True),
            _time("last_seen", moment=True),
            _whole("count"),
        ),
    ),
    Contract(
        "ip_ranges",
        (
            Column("cidr", required=True),
            Column("asn"),
            Column("country"),
            Column("class", lower=True),
        ),
    ),
    Contract("releases", (Column("model", required=True), _time("released_at", required=True, future=True))),
    Contract(
        "plans",
        (
            Column("plan", required=True),
            Column("price", Holds.NUMBER, low=0),
            Column("currency"),
            Column("monthly_allowance", Holds.NUMBER, low=0),
        ),
    ),
    Contract(
        "enforcement",
        (
            ACCOUNT,
            _AT,
            Column("action", required=True, choices=("ban", "suspend", "rate_limit", "reinstate")),
        ),
    ),
    Contract(
        "allow_list",
        (
            Column("kind", required=True),
            _token("value", required=True),
            Column("owner", required=True),
            Column("reason", required=True),
            _time("expires_at", required=True, future=True),
        ),
    ),
    Contract(
        "indicators",
        (
            Column("kind", required=True),
            _token("value", required=True),
            Column("source"),
            Column("confidence", Holds.NUMBER, low=0, high=1),
            _time("valid_until", future=True),
        ),
    ),
    Contract(
        "dispositions",
        (
            ACCOUNT,
            Column("decision", required=True, choices=("fraud", "innocent", "victim")),
            _time("decided_at", moment=True),
            Column("decided_by", sensitive=True),
            Column("ring_id"),
            Column("sampled", choices=("true", "false", "1", "0")),
            Column("probability", Holds.NUMBER, low=0, high=1),
        ),
        # What was decided earlier is history, not a conflict: which of it stands depends on the run's moment.
        one=("account_id", "decided_at"),
        conflict="a later row decides on this account at the same time",
    ),
    Contract(
        "labels",
        (
            ACCOUNT,
            Column("ring_id"),
            Column("campaign_id"),
            Column("role", choices=("member", "victim", "innocent")),
        ),
    ),
)

CONTRACTS: dict[str, Contract] = {contract.table: contract for contract in _ALL}
"""Every table by its name, in the order in which they are read."""
