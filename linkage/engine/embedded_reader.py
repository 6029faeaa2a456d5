"""Reads one run of a store for the API: a connection a run, a cursor a thread, statements in `sql/reader/`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from linkage.engine.embedded_view import EmbeddedView
from linkage.engine.files import StoreFolder
from linkage.engine.reader import (
    ACCOUNT_ORDERS,
    HOLDING_ORDERS,
    IDENTIFIER_ORDERS,
    LINK_ORDERS,
    RING_ORDERS,
    AccountFilter,
    AccountRow,
    CampaignRow,
    ChangeRow,
    DayRow,
    EvidenceRow,
    Found,
    HoldingRow,
    IdentifierFilter,
    IdentifierName,
    IdentifierRow,
    LinkRow,
    Match,
    Page,
    PageRequest,
    Pair,
    RingDetail,
    RingFilter,
    RingRow,
    SharedRow,
)
from linkage.engine.serving import serving_file
from linkage.engine.walks import shortest_path, strongest_around
from linkage.engine.watchdog import Watchdog
from linkage.errors import TimeoutExceededError, UsageError
from linkage.model import Explanation, RunRecord
from linkage.warehouse import Warehouse

T = TypeVar("T")
Record = tuple[Any, ...]
_WIDTH = len(IdentifierRow.__slots__)


class _Database:
    """The run's file, open; a cursor for each thread that asks."""

    def __init__(self, store: StoreFolder, run_id: str) -> None:
        self._main = Warehouse.open(
            serving_file(store, run_id), read_only=True, memory_limit="1GB", threads=1
        )
        self._local = threading.local()
        self._cursors: list[Warehouse] = []
        self.watchdog = Watchdog()

    def cursor(self) -> Warehouse:
        """The connection of the thread that asks."""
        cursor: Warehouse | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._main.cursor()
            self._cursors.append(cursor)
        return cursor

    def close(self) -> None:
        """Closes the file and all cursors."""
        self.watchdog.close()
        for cursor in self._cursors:
            cursor.close()
        self._main.close()


class EmbeddedReader:
    """Pinned to one run; see `Reader` for what each verb gives."""

    def __init__(
        self,
        store: StoreFolder,
        run: RunRecord,
        database: _Database | None = None,
        deadline: float | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._database = database or _Database(store, run.run_id)
        self._deadline = deadline

    @property
    def run(self) -> RunRecord:
        """The run that is read."""
        return self._run

    def within(self, seconds: float) -> EmbeddedReader:
        """The same reader with so much time left."""
        return EmbeddedReader(self._store, self._run, self._database, time.monotonic() + seconds)

    def close(self) -> None:
        """Closes the run's file."""
        self._database.close()

    def accounts(self, ids: Sequence[str]) -> Sequence[AccountRow]:
        """The accounts of these ids."""
        return [AccountRow(*row) for row in self._rows("accounts", ids=list(ids))]

    def rings(self, ids: Sequence[str]) -> Sequence[RingRow]:
        """The rings of these ids."""
        return [RingRow(*row) for row in self._rows("rings", ids=list(ids))]

    def ring_details(self, ids: Sequence[str]) -> Sequence[RingDetail]:
        """What the scores were made of."""
        return [RingDetail(*row) for row in self._rows("ring_details", ids=list(ids))]

    def identifiers(self, names: Sequence[IdentifierName]) -> Sequence[IdentifierRow]:
        """The identifiers of these names."""
        return [IdentifierRow(*row) for row in self._rows("identifiers", names=_named(names))]

    def campaigns(self, names: Sequence[IdentifierName]) -> Sequence[CampaignRow]:
        """These texts with their rings."""
        return [_campaign(row) for row in self._rows("campaigns", names=_named(names))]

    def links(self, pairs: Sequence[Pair]) -> Sequence[LinkRow]:
        """The links between these accounts."""
        return [LinkRow(*row) for row in self._rows("links", **_pairs(pairs))]

    def evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each link."""
        found: dict[Pair, list[EvidenceRow]] = {}
        for a, b, *rest in self._rows("evidence", **_pairs(pairs)):
            line = EvidenceRow(a, b, IdentifierRow(*rest[:_WIDTH]), *rest[_WIDTH:])
            found.setdefault((a, b), []).append(line)
        return found

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in order."""
        return self._page("account_page", page, ACCOUNT_ORDERS, _account, **_filled(filter))

    def account_count(self, filter: AccountFilter) -> int:
        """How many accounts pass."""
        return self._count("account_count", **_filled(filter))

    def ring_page(self, filter: RingFilter, page: PageRequest) -> Page[RingRow]:
        """Rings in order."""
        return self._page("ring_page", page, RING_ORDERS, _ring, **_filled(filter))

    def ring_count(self, filter: RingFilter) -> int:
        """How many rings pass."""
        return self._count("ring_count", **_filled(filter))

    def identifier_page(self, filter: IdentifierFilter, page: PageRequest) -> Page[IdentifierRow]:
        """Identifiers in order."""
        return self._page("identifier_page", page, IDENTIFIER_ORDERS, _identifier, **_filled(filter))

    def identifier_count(self, filter: IdentifierFilter) -> int:
        """How many identifiers pass."""
        return self._count("identifier_count", **_filled(filter))

    def link_page(self, min_bits: float | None, page: PageRequest) -> Page[LinkRow]:
        """All links in order."""
        return self._page("link_page", page, LINK_ORDERS, _link, min_bits=min_bits)

    def link_count(self, min_bits: float | None) -> int:
        """How many links have so many bits."""
        return self._count("link_count", min_bits=min_bits)

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings."""
        listed = None if events is None else list(events)
        return self._page("change_page", page, ("id",), lambda row: ChangeRow(*row), events=listed)

    def campaign_page(self, min_rings: int, page: PageRequest) -> Page[CampaignRow]:
        """Texts over rings."""
        return self._page("campaign_page", page, ("rings",), _campaign, min_rings=min_rings)

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts; the usual case of one ring needs no ranking of all its members."""
        filled = _filled(filter)
        if len(rings) == 1:
            return self._pages(
                "members_of_one", rings, page, ACCOUNT_ORDERS, _account, parent=rings[0], **filled
            )
        return self._pages("members", rings, page, ACCOUNT_ORDERS, _account, parents=list(rings), **filled)

    def member_counts(self, rings: Sequence[str], filter: AccountFilter) -> Mapping[str, int]:
        """How many accounts of each ring pass."""
        counted: dict[str, int] = dict.fromkeys(rings, 0)
        counted |= {row[0]: row[1] for row in self._rows("member_counts", ids=list(rings), **_filled(filter))}
        return counted

    def holdings(
        self, accounts: Sequence[str], kinds: Sequence[str] | None, page: PageRequest
    ) -> Mapping[str, Page[HoldingRow]]:
        """A page of what each account was seen with."""
        listed = None if kinds is None else list(kinds)
        return self._pages(
            "holdings", accounts, page, HOLDING_ORDERS, _holding, parents=list(accounts), kinds=listed
        )

    def holders(
        self, names: Sequence[IdentifierName], page: PageRequest
    ) -> Mapping[IdentifierName, Page[HoldingRow]]:
        """A page of who was seen with each identifier."""
        named = _named(names)
        found = self._pages("holders", named, page, HOLDING_ORDERS, _holding, parents=named)
        return {name: found[text] for name, text in zip(names, named, strict=True)}

    def links_of(self, accounts: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of each account's links."""
        return self._pages("links_of", accounts, page, LINK_ORDERS, _link, parents=list(accounts))

    def ring_links(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of the links inside each ring."""
        return self._pages("ring_links", rings, page, LINK_ORDERS, _link, parents=list(rings))

    def shared(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[SharedRow]]:
        """A page of what each ring's accounts share."""
        return self._pages("shared", rings, page, ("members",), _shared, parents=list(rings))

    def shared_holdings(self, ring: str, names: Sequence[IdentifierName], limit: int) -> Sequence[HoldingRow]:
        """Who in the ring was seen with these identifiers."""
        rows = self._rows("shared_holdings", ring=ring, names=_named(names), limit=limit)
        return [_holding(row) for row in rows]

    def campaign_rings(
        self, names: Sequence[IdentifierName], page: PageRequest
    ) -> Mapping[IdentifierName, Page[RingRow]]:
        """A page of the rings that use each text."""
        named = _named(names)
        found = self._pages("campaign_rings", named, page, RING_ORDERS, _ring, parents=named)
        return {name: found[text] for name, text in zip(names, named, strict=True)}

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring."""
        return _grouped(rings, (ChangeRow(*row) for row in self._rows("ring_changes", ids=list(rings))))

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days."""
        return _grouped(rings, (DayRow(*row) for row in self._rows("timeline", ids=list(rings))))

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What the values are."""
        found = [Match(row[0], row[0], None) for row in self._rows("lookup_accounts", ids=list(values))]
        if personal:
            for key, account, *rest in self._rows("lookup_identifiers", keys=list(values)):
                found.append(Match(key, account, IdentifierRow(*rest)))
        return found

    def search(self, text: str, limit: int, *, personal: bool) -> Found:
        """What begins with the text."""
        given: dict[str, object] = {"text": text, "limit": limit}
        return Found(
            accounts=tuple(AccountRow(*row) for row in self._rows("search_accounts", **given)),
            rings=tuple(RingRow(*row) for row in self._rows("search_rings", **given)),
            identifiers=tuple(IdentifierRow(*row) for row in self._rows("search_identifiers", **given))
            if personal
            else (),
        )

    def neighbourhood(self, account: str, hops: int, limit: int) -> Sequence[LinkRow]:
        """The strongest links around an account."""
        return strongest_around(self._hop, account, hops, limit)

    def path(self, account_a: str, account_b: str, max_hops: int) -> Sequence[LinkRow]:
        """A shortest chain of links."""
        return shortest_path(self._hop, account_a, account_b, max_hops)

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked."""
        return EmbeddedView(self._store, self._run).explain(account_a, account_b)

    def _hop(self, frontier: Sequence[str], limit: int) -> Sequence[LinkRow]:
        return [LinkRow(*row) for row in self._rows("hop", frontier=list(frontier), limit=limit)]

    def _rows(self, name: str, **params: object) -> list[Record]:
        cursor = self._database.cursor()
        if self._deadline is None:
            return cursor.tuples(f"reader/{name}", **params)
        if time.monotonic() >= self._deadline:
            raise TimeoutExceededError("no time is left for another statement")
        with self._database.watchdog.watching(self._deadline, cursor):
            return cursor.tuples(f"reader/{name}", **params)

    def _count(self, name: str, **params: object) -> int:
        return int(self._rows(name, **params)[0][0])

    def _page(
        self,
        name: str,
        page: PageRequest,
        orders: Sequence[str],
        make: Callable[[Record], T],
        /,
        **params: object,
    ) -> Page[T]:
        rows = self._rows(name, **_paging(page, orders), **params)
        return _cut([(row[0], row[1], row[2:]) for row in rows], page.limit, make)

    def _pages(
        self,
        name: str,
        parents: Sequence[str],
        page: PageRequest,
        orders: Sequence[str],
        make: Callable[[Record], T],
        /,
        **params: object,
    ) -> Mapping[str, Page[T]]:
        found: dict[str, list[tuple[float, str, Record]]] = {parent: [] for parent in parents}
        for row in self._rows(name, **_paging(page, orders), **params):
            found[row[0]].append((row[1], row[2], row[3:]))
        return {parent: _cut(rows, page.limit, make) for parent, rows in found.items()}


def _paging(page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
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


def _cut(rows: Sequence[tuple[float, str, Record]], limit: int, make: Callable[[Record], T]) -> Page[T]:
    kept = rows[:limit]
    return Page(
        rows=tuple(make(row[2]) for row in kept),
        places=tuple((float(row[0]), row[1]) for row in kept),
        more=len(rows) > limit,
    )


def _filled(filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
    """A filter as parameters: lists, and times without a zone as the files have them."""
    return {name: _parameter(value) for name, value in asdict(filter).items()}


def _parameter(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _named(names: Sequence[IdentifierName]) -> list[str]:
    return [f"{kind}:{key}" for kind, key in names]


def _pairs(pairs: Sequence[Pair]) -> dict[str, object]:
    return {"firsts": [pair[0] for pair in pairs], "seconds": [pair[1] for pair in pairs]}


class _OfRing(Protocol):
    @property
    def ring_id(self) -> str: ...


Ringed = TypeVar("Ringed", bound=_OfRing)


def _grouped(rings: Sequence[str], rows: Iterable[Ringed]) -> Mapping[str, Sequence[Ringed]]:
    found: dict[str, list[Ringed]] = {ring: [] for ring in rings}
    for row in rows:
        found[row.ring_id].append(row)
    return found


def _account(row: Record) -> AccountRow:
    return AccountRow(*row)


def _ring(row: Record) -> RingRow:
    return RingRow(*row)


def _identifier(row: Record) -> IdentifierRow:
    return IdentifierRow(*row)


def _link(row: Record) -> LinkRow:
    return LinkRow(*row)


def _holding(row: Record) -> HoldingRow:
    return HoldingRow(row[0], IdentifierRow(*row[1 : 1 + _WIDTH]), *row[1 + _WIDTH :])


def _shared(row: Record) -> SharedRow:
    return SharedRow(IdentifierRow(*row[:_WIDTH]), row[_WIDTH])


def _campaign(row: Record) -> CampaignRow:
    return CampaignRow(IdentifierRow(*row[:_WIDTH]), row[_WIDTH], row[_WIDTH + 1])
