"""Which of a source's columns becomes which column of the contract."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from linkage.errors import InputError
from linkage.sources.contracts import Contract
from linkage.sources.discover import Feed
from linkage.warehouse import ident

log = logging.getLogger("linkage.sources")

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Mapping:
    """`expressions`: SQL over the source's columns by contract column; `unknown`: columns without use."""

    expressions: dict[str, str]
    unknown: tuple[str, ...]


def map_columns(contract: Contract, feed: Feed, names: Iterable[str], where: str) -> Mapping:
    """Maps the columns `names` of the source `where` onto the contract: configured ones first, then by name.

    Names match in any case and with blanks around them. Raises InputError for a required column that is
    missing, a configured one that is not there, and two columns that claim the same place.
    """
    present = list(names)
    configured = dict(feed.columns)
    expressions: dict[str, str] = {}
    used: set[str] = set()
    for column in contract.columns:
        given = configured.get(column.name)
        if given is None:
            source = _find(column.name, present, where)
            if source is not None and source not in used:
                expressions[column.name] = ident(source)
                used.add(source)
            elif column.required and not (column.moment and feed.undated):
                raise _missing(contract, column.name, feed, where)
            continue
        source = _find(given, present, where)
        if source is not None:
            expressions[column.name] = ident(source)
            used.add(source)
        elif given.isidentifier():
            raise InputError(f"{where}: column {given}, which columns.{column.name} names, is missing")
        else:
            expressions[column.name] = f"({given})"
            words = {word.lower() for word in _WORD.findall(given)}
            used.update(name for name in present if name.lower() in words)
    return Mapping(expressions, tuple(name for name in present if name not in used))


def _find(name: str, present: list[str], where: str) -> str | None:
    if name in present:
        return name
    near = [item for item in present if item.strip().lower() == name.lower()]
    if len(near) > 1:
        raise InputError(f"{where}: more than one column is called {name}: {', '.join(near)}")
    return near[0] if near else None


def _missing(contract: Contract, column: str, feed: Feed, where: str) -> InputError:
    hint = ""
    found = contract.column(column)
    if found is not None and found.moment:
        hint = f" (rows without a time? set undated = true in [sources.{feed.name}])"
    return InputError(f"{where}: required column {column} is missing{hint}")
