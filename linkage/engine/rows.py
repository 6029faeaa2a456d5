"""From the records of an engine's statements to rows of the port, and from its pages and filters to parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from linkage.engine.readable import (
    AccountFilter,
    AccountRow,
    CampaignRow,
    EvidenceRow,
    HoldingRow,
    IdentifierFilter,
    IdentifierName,
    IdentifierRow,
    JoinRow,
    LinkRow,
    OverlapRow,
    Page,
    PageRequest,
    Pair,
    RingFilter,
    RingRow,
    SharedRow,
    StarMemberRow,
    StarName,
    StarRow,
)
from linkage.errors import UsageError

T = TypeVar("T")
Record = tuple[Any, ...]
_WIDTH = len(IdentifierRow.__slots__)


def paging(page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
    """Parameters of a page; one row more than asked for tells whether there are more."""
    if page.order not in orders:
        raise UsageError(f"{page.order} is none of the orders {', '.join(orders)}")
    place, tie = page.after or (float("-inf"), "")
    params: dict[str, object] = {"after_place": place, "after_tie": tie, "limit": page.limit + 1}
    if len(orders) > 1:
        params["sort"] = page.order
    if orders != ("id",):
        params["sign"] = -1.0 if page.descending else 1.0
    return params


def cut(rows: Sequence[tuple[float, str, Record]], limit: int, make: Callable[[Record], T]) -> Page[T]:
    """A page of the first `limit` of (place, tie, record)."""
    kept = rows[:limit]
    return Page(
        rows=tuple(make(row[2]) for row in kept),
        places=tuple((float(row[0]), row[1]) for row in kept),
        more=len(rows) > limit,
    )


def filled(filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
    """A filter as parameters: lists, and times without a zone as the files have them."""
    return {name: _parameter(value) for name, value in asdict(filter).items()}


def _parameter(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def named(names: Sequence[IdentifierName]) -> list[str]:
    """Names as the file has them."""
    return [f"{kind}:{key}" for kind, key in names]


def once(texts: Sequence[str]) -> list[str]:
    """Each text once: a statement may unwind them, and would give doubles twice."""
    return list(dict.fromkeys(texts))


def named_pairs(pairs: Sequence[Pair]) -> dict[str, object]:
    """Pairs as parameters."""
    return {"firsts": [pair[0] for pair in pairs], "seconds": [pair[1] for pair in pairs]}


class _OfRing(Protocol):
    @property
    def ring_id(self) -> str: ...


Ringed = TypeVar("Ringed", bound=_OfRing)


def grouped(rings: Sequence[str], rows: Iterable[Ringed]) -> Mapping[str, Sequence[Ringed]]:
    """Rows by their rings, each ring that was asked for there."""
    found: dict[str, list[Ringed]] = {ring: [] for ring in rings}
    for row in rows:
        found[row.ring_id].append(row)
    return found


def account_row(row: Record) -> AccountRow:
    """Its columns in order."""
    return AccountRow(*row)


def ring_row(row: Record) -> RingRow:
    """Its columns in order."""
    return RingRow(*row)


def identifier_row(row: Record) -> IdentifierRow:
    """Its columns in order."""
    return IdentifierRow(*row)


def link_row(row: Record) -> LinkRow:
    """Its columns in order."""
    return LinkRow(*row)


def holding_row(row: Record) -> HoldingRow:
    """An account, an identifier, first, last, count."""
    return HoldingRow(row[0], IdentifierRow(*row[1 : 1 + _WIDTH]), *row[1 + _WIDTH :])


def shared_row(row: Record) -> SharedRow:
    """An identifier and a number of members."""
    return SharedRow(IdentifierRow(*row[:_WIDTH]), row[_WIDTH])


def campaign_row(row: Record) -> CampaignRow:
    """Its columns in order."""
    return CampaignRow(*row)


def overlaps(
    parents: Sequence[str], rows: Iterable[Record], of: Callable[[OverlapRow], str]
) -> Mapping[str, Sequence[OverlapRow]]:
    """Overlaps by their campaigns or rings, each that was asked for there."""
    found: dict[str, list[OverlapRow]] = {parent: [] for parent in parents}
    for row in rows:
        overlap = OverlapRow(*row)
        found[of(overlap)].append(overlap)
    return found


def star_row(row: Record) -> StarRow:
    """One or two identifiers and a number of members."""
    first, second = row[:_WIDTH], row[_WIDTH : 2 * _WIDTH]
    both = (IdentifierRow(*first),) if second[0] is None else (IdentifierRow(*first), IdentifierRow(*second))
    return StarRow(both, row[2 * _WIDTH])


def star_member_row(row: Record) -> StarMemberRow:
    """Kind and key of one or two identifiers, an account, bits."""
    star: StarName = (row[:2],) if row[2] is None else (row[:2], row[2:4])
    return StarMemberRow(star, row[4], row[5])


def star_names(stars: Sequence[StarName]) -> list[str]:
    """Names of stars as the file has them."""
    return ["\0".join(named(star)) for star in stars]


def join_row(row: Record) -> JoinRow:
    """Its columns in order."""
    return JoinRow(*row)


def evidence_rows(rows: Iterable[Record]) -> Mapping[Pair, Sequence[EvidenceRow]]:
    """Lines of evidence by their pairs."""
    found: dict[Pair, list[EvidenceRow]] = {}
    for a, b, *rest in rows:
        line = EvidenceRow(a, b, IdentifierRow(*rest[:_WIDTH]), *rest[_WIDTH:])
        found.setdefault((a, b), []).append(line)
    return found
