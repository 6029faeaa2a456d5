"""From a file's column to the contract's: SQL that reads a value, and predicates that find what is wrong.

Only contract columns and quoted names go into these texts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linkage.sources.contracts import Column, Contract, Holds
from linkage.warehouse import ident, literal

EARLIEST = "TIMESTAMP '2000-01-01'"
LATEST_FUTURE = "TIMESTAMP '2200-01-01'"
MOMENT = "TIMESTAMP '1970-01-01'"
"""Where all rows of an undated source stand."""

# ASCII white space and controls, the white space of Unicode, and what has no width: zero-width space, byte order mark.
_SPACES = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)
_BLANKS = "".join(map(chr, (*range(1, 33), *_SPACES)))
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_WIDE = {"HUGEINT", "UHUGEINT", "UBIGINT", "BIGNUM"}
_NESTED = ("STRUCT", "MAP", "UNION")


@dataclass(frozen=True)
class Cast:
    """How one column is read.

    `value` gives the canonical value or NULL. `simple` gives the same as long as no row is `dirty` and is all
    that a view over Parquet then pays for. `unreadable` is true where something stands that cannot be read.
    `reasons` are the ways in which the column spoils its row.
    """

    column: Column
    value: str
    simple: str
    dirty: str | None = None
    unreadable: str | None = None
    reasons: tuple[tuple[str, str], ...] = field(default=())


def casts(
    contract: Contract, types: dict[str, str], as_of: datetime, *, undated: bool = False, stored: bool = False
) -> tuple[Cast, ...]:
    """A cast for each column; `types` are the source's DuckDB types by contract column.

    `stored` says that the values will be written to a table once, so that nothing is gained by the simple
    form.
    """
    latest = literal((as_of + timedelta(days=1)).replace(tzinfo=None, microsecond=0).isoformat(sep=" "))
    return tuple(
        _cast(contract, column, types, f"TIMESTAMP {latest}", undated, stored) for column in contract.columns
    )


def _cast(
    contract: Contract, column: Column, types: dict[str, str], latest: str, undated: bool, stored: bool
) -> Cast:
    kind = types.get(column.name)
    if column.moment and undated and (kind is None or column.required):
        return Cast(column, MOMENT, MOMENT)
    if kind is None:
        missing = f"CAST(NULL AS {column.type})"
        return Cast(column, missing, missing)
    raw = ident(column.name)
    if column.holds is Holds.TIME:
        made = _time(column, raw, kind, LATEST_FUTURE if column.future else latest)
    elif column.holds is Holds.TEXT:
        made = _text(column, raw, kind, stored)
    else:
        made = _number(column, raw, kind)
    return _with_reasons(contract, made, raw, kind)


def _with_reasons(contract: Contract, cast: Cast, raw: str, kind: str) -> Cast:
    column = cast.column
    reasons: list[tuple[str, str]] = []
    if column.card:
        card = f"passes_for_card({_as_text(raw, kind)})"
        if contract.table in ("links", "allow_list", "indicators") and column.name == "value":
            # An account's own id may look like anything; it is the operator's number, not a card's.
            card = f"({card} AND {ident('kind')} IS DISTINCT FROM 'account')"
        reasons.append((card, f"{column.name} passes for a card number"))
    if column.required:
        reasons.append((_absent(raw, kind), f"{column.name} is missing"))
        if column.holds is Holds.TEXT and not column.choices:
            reasons.append((f"contains({_as_text(raw, kind)}, chr(0))", f"{column.name} holds a NUL byte"))
        elif column.choices:
            reasons.append((f"{cast.value} IS NULL", f"{column.name} is none of {', '.join(column.choices)}"))
        else:
            reasons.append(
                (f"{cast.value} IS NULL", f"{column.name} cannot be read as a {_WORDS[column.holds]}")
            )
        return Cast(column, cast.value, cast.simple, cast.dirty, None, tuple(reasons))
    return Cast(column, cast.value, cast.simple, cast.dirty, cast.unreadable, tuple(reasons))


_WORDS = {Holds.TIME: "time", Holds.WHOLE: "whole number", Holds.NUMBER: "number", Holds.TEXT: "text"}


def _absent(raw: str, kind: str) -> str:
    if kind == "VARCHAR":
        # The comparison spares most rows the trim.
        return f"({raw} IS NULL OR {_blank(raw)})"
    if kind in ("FLOAT", "DOUBLE", "BLOB"):
        # A gap in a column of floats is NaN, and bytes that are no text decode to nothing.
        return f"({raw} IS NULL OR {_as_text(raw, kind)} IS NULL)"
    return f"{raw} IS NULL"


def _blank(text: str) -> str:
    return f"CASE WHEN {text} < '!' OR {text} > '~' THEN trim({text}, {literal(_BLANKS)}) = '' ELSE false END"


def _ragged(text: str) -> str:
    """Whether a text may have blanks at an end: cheap, and true of all without ASCII at both ends."""
    return f"({text} < '!' OR {text} > '~' OR {text}[-1] NOT BETWEEN '!' AND '~')"


def _trimmed(text: str) -> str:
    # Trimming a set of characters costs a microsecond; few values need it.
    return f"CASE WHEN {_ragged(text)} THEN trim({text}, {literal(_BLANKS)}) ELSE {text} END"


def _as_text(raw: str, kind: str) -> str:
    """Any type as text; numbers that pandas made floats for the sake of a gap become whole numbers again."""
    base = kind.split("(")[0]
    if kind == "VARCHAR":
        return raw
    if base in ("FLOAT", "DOUBLE"):
        whole = f"{raw} = floor({raw}) AND abs({raw}) < 9007199254740992"
        shown = f"CASE WHEN isnan({raw}) THEN NULL ELSE CAST({raw} AS VARCHAR) END"
        # TRY: the engine may compute the cast before the condition, and NaN would end it.
        return f"CASE WHEN {whole} THEN CAST(TRY_CAST({raw} AS BIGINT) AS VARCHAR) ELSE {shown} END"
    if base == "DECIMAL":
        whole = f"{raw} = floor({raw})"
        return (
            f"CASE WHEN {whole} THEN CAST(CAST({raw} AS HUGEINT) AS VARCHAR) ELSE CAST({raw} AS VARCHAR) END"
        )
    if base == "BLOB":
        return f"TRY(decode({raw}))"
    if kind.endswith("]") or base in _NESTED:
        return f"CAST(to_json({raw}) AS VARCHAR)"
    return f"CAST({raw} AS VARCHAR)"


def _text(column: Column, raw: str, kind: str, stored: bool) -> Cast:
    text = _as_text(raw, kind)
    if column.free:
        return Cast(column, text, text)
    nul = f"contains({text}, chr(0))"
    value = f"CASE WHEN {nul} THEN NULL ELSE nullif({_trimmed(text)}, '') END"
    if column.choices:
        lowered = f"lower({_trimmed(text)})"
        known = literal(list(column.choices))
        value = f"CASE WHEN list_contains({known}, {lowered}) THEN {lowered} END"
        dirty = f"NOT list_contains({known}, {text})"
        return Cast(
            column, value, text, dirty, f"({text} IS NOT NULL AND NOT {_blank(text)} AND {value} IS NULL)"
        )
    if column.loose and not stored:
        return Cast(column, value, text, f"({text} < '!' OR {text} > '~')")
    dirty = _ragged(text)
    if column.lower:
        value = f"lower({value})"
        dirty = f"({dirty} OR {text} <> lower({text}))"
    return Cast(column, value, text, dirty, nul)


def _time(column: Column, raw: str, kind: str, latest: str) -> Cast:
    base = kind.split("(")[0]
    if kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "TIMESTAMP_NS WITH TIME ZONE"):
        # Half the time of a cast, which asks the calendar about each value's zone.
        moment = f"make_timestamp(epoch_us({raw}))"
    elif kind == "TIMESTAMP":
        moment = raw
    elif base.startswith("TIMESTAMP") or base == "DATE":
        moment = f"CAST({raw} AS TIMESTAMP)"
    elif base in _INTEGERS:
        moment = f"time_of_epoch(CAST({raw} AS BIGINT))"
    elif base in _WIDE:
        moment = f"time_of_epoch(TRY_CAST({raw} AS BIGINT))"
    elif base in ("FLOAT", "DOUBLE", "DECIMAL"):
        moment = f"time_of_number(CAST({raw} AS DOUBLE))"
    else:
        moment = f"time_of_text({_trimmed(_as_text(raw, kind))})"
    within = f"{moment} BETWEEN {EARLIEST} AND {latest}"
    value = f"CASE WHEN {within} THEN {moment} END"
    return Cast(column, value, moment, unreadable=_refused(raw, kind, within))


def _number(column: Column, raw: str, kind: str) -> Cast:
    base = kind.split("(")[0]
    whole = column.holds is Holds.WHOLE
    if base in _INTEGERS:
        plain = raw if kind == column.type else f"CAST({raw} AS {column.type})"
    elif not whole and base in ("FLOAT", "DECIMAL", "DOUBLE", *_WIDE):
        plain = raw if kind == column.type else f"CAST({raw} AS DOUBLE)"
    else:
        text = raw if base in ("FLOAT", "DOUBLE", "DECIMAL", *_WIDE) else _as_text(raw, kind)
        plain = f"TRY_CAST({text} AS DOUBLE)"
        if whole:
            # A cast to BIGINT alone would round 1.7 to 2.
            plain = f"CASE WHEN {plain} = floor({plain}) THEN TRY_CAST({text} AS BIGINT) END"
        if (whole and text != raw) or kind == "VARCHAR":
            integer = f"regexp_full_match({text}, '[0-9]{{1,18}}')"
            plain = f"CASE WHEN {integer} THEN CAST({text} AS {column.type}) ELSE {plain} END"
    bounds = [
        f"{plain} >= {column.low:g}" if column.low is not None else f"isfinite(CAST({plain} AS DOUBLE))"
    ]
    if column.high is not None:
        bounds.append(f"{plain} <= {column.high:g}")
    elif not whole and column.low is not None:
        bounds.append(f"isfinite({plain})")
    within = " AND ".join(bounds)
    value = f"CASE WHEN {within} THEN {plain} END"
    return Cast(column, value, plain, unreadable=_refused(raw, kind, within))


def _refused(raw: str, kind: str, within: str) -> str:
    """Where something stands that is not within bounds. A blank text says nothing, and is not read."""
    refused = f"({raw} IS NOT NULL AND coalesce(NOT ({within}), true)"
    return refused + (f" AND NOT {_blank(raw)})" if kind == "VARCHAR" else ")")
