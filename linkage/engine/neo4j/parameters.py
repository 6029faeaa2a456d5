"""From pages, filters and names of the port to parameters of `cypher/reader/`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from linkage.engine import rows
from linkage.engine.readable import (
    AccountFilter,
    IdentifierFilter,
    IdentifierName,
    PageRequest,
    Pair,
    RingFilter,
)


def paging(page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
    """Parameters of a page; `last` is the place of what has no value, `between` parts the ends of a link."""
    return {**rows.paging(page, orders), "last": math.inf, "between": "\0"}


def filled(filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
    """A filter as parameters; the graph's times have a zone."""
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in rows.filled(filter).items()
    }


def identifier_uid(name: IdentifierName) -> str:
    """The name of an identifier's node."""
    return f"i:{name[0]}:{name[1]}"


def pairs(given: Sequence[Pair]) -> list[list[str]]:
    """Each pair once, as a list."""
    return [list(pair) for pair in dict.fromkeys(given)]
