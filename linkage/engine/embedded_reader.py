"""Reads one run of a store for the API: a connection a run, a cursor a thread, statements in `sql/reader/`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from linkage.engine.embedded_view import EmbeddedView
from linkage.engine.files import StoreFolder
from linkage.engine.lookup import Names
from linkage.engine.readable import (
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
    JoinRow,
    LinkRow,
    Match,
    OverlapRow,
    Page,
    PageRequest,
    Pair,
    RingDetail,
    RingFilter,
    RingRow,
    SharedRow,
    StarMemberRow,
    StarName,
    StarRow,
)
from linkage.engine.rows import (
    Record,
    account_row,
    campaign_row,
    cut,
    evidence_rows,
    filled,
    grouped,
    holding_row,
    identifier_row,
    join_row,
    link_row,
    named,
    named_pairs,
    overlaps,
    paging,
    ring_row,
    shared_row,
    star_member_row,
    star_names,
    star_row,
)
from linkage.engine.serving import serving_file
from linkage.engine.walks import shortest_path, strongest_around
from linkage.engine.watchdog import Deadline, Watchdog
from linkage.errors import TimeoutExceededError
from linkage.identifiers.keys import Sealer
from linkage.model import Explanation, RunRecord
from linkage.warehouse import Warehouse, interruptible

T = TypeVar("T")


class _Database:
    """The run's file, open; a cursor for each thread that asks."""

    def __init__(self, store: StoreFolder, run_id: str) -> None:
        self._main = Warehouse.open(
            serving_file(store, run_id), read_only=True, memory_limit="1GB", threads=1
        )
        self._local = threading.local()
        self._cursors: list[Warehouse] = []
        self.watchdog = Watchdog()
        self._kinds = store.read_table(run_id, "kinds")

    def names(self, sealers: Sequence[Sealer]) -> Names:
        """What pasted values may be called."""
        return Names(self._kinds, sealers)

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
        deadline: Deadline | None = None,
        sealers: Sequence[Sealer] = (),
    ) -> None:
        self._store = store
        self._run = run
        self._database = database or _Database(store, run.run_id)
        self._deadline = deadline
        self._sealers = sealers

    @property
    def run(self) -> RunRecord:
        """The run that is read."""
        return self._run

    def within(self, seconds: float) -> EmbeddedReader:
        """The same reader with so much time left."""
        return EmbeddedReader(self._store, self._run, self._database, Deadline(seconds), self._sealers)

    def cancel(self) -> None:
        """Ends what runs through this reader; one that is shared by all requests goes on."""
        if self._deadline is not None:
            self._deadline.end()

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
        return [IdentifierRow(*row) for row in self._rows("identifiers", names=named(names))]

    def campaigns(self, ids: Sequence[str]) -> Sequence[CampaignRow]:
        """The campaigns of these ids."""
        return [campaign_row(row) for row in self._rows("campaigns", ids=list(ids))]

    def links(self, pairs: Sequence[Pair]) -> Sequence[LinkRow]:
        """The links between these accounts."""
        return [LinkRow(*row) for row in self._rows("links", **named_pairs(pairs))]

    def evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each link."""
        return evidence_rows(self._rows("evidence", **named_pairs(pairs)))

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in order."""
        return self._page("account_page", page, ACCOUNT_ORDERS, account_row, **filled(filter))

    def account_count(self, filter: AccountFilter) -> int:
        """How many accounts pass."""
        return self._count("account_count", **filled(filter))

    def ring_page(self, filter: RingFilter, page: PageRequest) -> Page[RingRow]:
        """Rings in order."""
        return self._page("ring_page", page, RING_ORDERS, ring_row, **filled(filter))

    def ring_count(self, filter: RingFilter) -> int:
        """How many rings pass."""
        return self._count("ring_count", **filled(filter))

    def identifier_page(self, filter: IdentifierFilter, page: PageRequest) -> Page[IdentifierRow]:
        """Identifiers in order."""
        return self._page("identifier_page", page, IDENTIFIER_ORDERS, identifier_row, **filled(filter))

    def identifier_count(self, filter: IdentifierFilter) -> int:
        """How many identifiers pass."""
        return self._count("identifier_count", **filled(filter))

    def link_page(self, min_bits: float | None, page: PageRequest) -> Page[LinkRow]:
        """All links in order."""
        return self._page("link_page", page, LINK_ORDERS, link_row, min_bits=min_bits)

    def link_count(self, min_bits: float | None) -> int:
        """How many links have so many bits."""
        return self._count("link_count", min_bits=min_bits)

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings."""
        listed = None if events is None else list(events)
        return self._page("change_page", page, ("id",), lambda row: ChangeRow(*row), events=listed)

    def campaign_page(self, min_rings: int, page: PageRequest) -> Page[CampaignRow]:
        """Campaigns in order."""
        return self._page("campaign_page", page, ("rings",), campaign_row, min_rings=min_rings)

    def campaign_count(self, min_rings: int) -> int:
        """How many campaigns have so many rings."""
        return self._count("campaign_count", min_rings=min_rings)

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts; the usual case of one ring needs no ranking of all its members."""
        chosen = filled(filter)
        if len(rings) == 1:
            return self._pages(
                "members_of_one", rings, page, ACCOUNT_ORDERS, account_row, parent=rings[0], **chosen
            )
        return self._pages("members", rings, page, ACCOUNT_ORDERS, account_row, parents=list(rings), **chosen)

    def member_counts(self, rings: Sequence[str], filter: AccountFilter) -> Mapping[str, int]:
        """How many accounts of each ring pass."""
        counted: dict[str, int] = dict.fromkeys(rings, 0)
        counted |= {row[0]: row[1] for row in self._rows("member_counts", ids=list(rings), **filled(filter))}
        return counted

    def holdings(
        self, accounts: Sequence[str], kinds: Sequence[str] | None, page: PageRequest
    ) -> Mapping[str, Page[HoldingRow]]:
        """A page of what each account was seen with."""
        listed = None if kinds is None else list(kinds)
        return self._pages(
            "holdings", accounts, page, HOLDING_ORDERS, holding_row, parents=list(accounts), kinds=listed
        )

    def holders(
        self, names: Sequence[IdentifierName], page: PageRequest
    ) -> Mapping[IdentifierName, Page[HoldingRow]]:
        """A page of who was seen with each identifier."""
        texts = named(names)
        found = self._pages("holders", texts, page, HOLDING_ORDERS, holding_row, parents=texts)
        return {name: found[text] for name, text in zip(names, texts, strict=True)}

    def links_of(self, accounts: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of each account's links."""
        return self._pages("links_of", accounts, page, LINK_ORDERS, link_row, parents=list(accounts))

    def ring_links(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of the links inside each ring."""
        return self._pages("ring_links", rings, page, LINK_ORDERS, link_row, parents=list(rings))

    def shared(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[SharedRow]]:
        """A page of what each ring's accounts share."""
        return self._pages("shared", rings, page, ("members",), shared_row, parents=list(rings))

    def shared_holdings(self, ring: str, names: Sequence[IdentifierName], limit: int) -> Sequence[HoldingRow]:
        """Who in the ring was seen with these identifiers."""
        rows = self._rows("shared_holdings", ring=ring, names=named(names), limit=limit)
        return [holding_row(row) for row in rows]

    def stars(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[StarRow]]:
        """A page of each ring's blocks."""
        return self._pages("stars", rings, page, ("members",), star_row, parents=list(rings))

    def star_members(self, ring: str, stars: Sequence[StarName], limit: int) -> Sequence[StarMemberRow]:
        """Who in the ring is in these blocks."""
        rows = self._rows("star_members", ring=ring, names=star_names(stars), limit=limit)
        return [star_member_row(row) for row in rows]

    def joins(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[JoinRow]]:
        """A page of each ring's groups that were joined as wholes."""
        return self._pages("joins", rings, page, LINK_ORDERS, join_row, parents=list(rings))

    def join_evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each join."""
        return evidence_rows(self._rows("join_evidence", **named_pairs(pairs)))

    def campaign_rings(self, campaigns: Sequence[str], page: PageRequest) -> Mapping[str, Page[RingRow]]:
        """A page of each campaign's rings."""
        return self._pages("campaign_rings", campaigns, page, RING_ORDERS, ring_row, parents=list(campaigns))

    def campaign_accounts(
        self, campaigns: Sequence[str], page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of who takes part in each campaign."""
        return self._pages(
            "campaign_accounts", campaigns, page, ACCOUNT_ORDERS, account_row, parents=list(campaigns)
        )

    def campaign_overlaps(self, campaigns: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each campaign has in common with its rings."""
        rows = self._rows("campaign_overlaps", ids=list(campaigns), limit=limit)
        return overlaps(campaigns, rows, lambda row: row.campaign_id)

    def ring_overlaps(self, rings: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each ring has in common with its campaigns."""
        rows = self._rows("ring_overlaps", ids=list(rings), limit=limit)
        return overlaps(rings, rows, lambda row: row.ring_id)

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring."""
        return grouped(rings, (ChangeRow(*row) for row in self._rows("ring_changes", ids=list(rings))))

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days."""
        return grouped(rings, (DayRow(*row) for row in self._rows("timeline", ids=list(rings))))

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What the values are."""
        found = [Match(row[0], row[0], None) for row in self._rows("lookup_accounts", ids=list(values))]
        if personal:
            self._in_time()
            names = self._database.names(self._sealers).of_all(values)
            meant = {text: names[name] for text, name in zip(named(list(names)), names, strict=True)}
            for text, account, *rest in self._rows("lookup_identifiers", names=list(meant)):
                row = IdentifierRow(*rest)
                found += [Match(value, account, row) for value in meant[text]]
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
        self._in_time()
        view = EmbeddedView(self._store, self._run)
        with view.warehouse(threads=1, memory_limit="512MB") as warehouse, self._watched(warehouse):
            return view.explain(account_a, account_b, warehouse)

    def _hop(self, frontier: Sequence[str], limit: int) -> Sequence[LinkRow]:
        return [LinkRow(*row) for row in self._rows("hop", frontier=list(frontier), limit=limit)]

    def _rows(self, name: str, **params: object) -> list[Record]:
        self._in_time()
        cursor = self._database.cursor()
        with self._watched(cursor):
            return cursor.tuples(f"reader/{name}", **params)

    def _in_time(self) -> None:
        if self._deadline is not None and self._deadline.passed:
            raise TimeoutExceededError("no time is left for another statement")

    @contextlib.contextmanager
    def _watched(self, warehouse: Warehouse) -> Iterator[None]:
        """Whatever runs inside ends at the deadline."""
        if self._deadline is None:
            yield
            return
        with interruptible(), self._database.watchdog.watching(self._deadline, warehouse):
            yield

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
        rows = self._rows(name, **paging(page, orders), **params)
        return cut([(row[0], row[1], row[2:]) for row in rows], page.limit, make)

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
        for row in self._rows(name, **paging(page, orders), **params):
            found[row[0]].append((row[1], row[2], row[3:]))
        return {parent: cut(rows, page.limit, make) for parent, rows in found.items()}
