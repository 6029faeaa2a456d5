"""The verbs of a reader that are one statement, of the same name and with the same columns, in either engine.

An engine says how a statement is run and how pages, filters and pairs become its parameters; the rest is written once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from linkage.engine.readable import (
    ACCOUNT_ORDERS,
    HOLDING_ORDERS,
    IDENTIFIER_ORDERS,
    LINK_ORDERS,
    RING_ORDERS,
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
    StarRow,
)
from linkage.engine.rows import (
    Record,
    account_row,
    campaign_row,
    cut,
    evidence_rows,
    holding_row,
    identifier_row,
    join_row,
    link_row,
    named,
    once,
    overlaps,
    ring_row,
    shared_row,
    star_row,
)
from linkage.engine.walks import shortest_path, strongest_around

T = TypeVar("T")


class RecordReader(ABC):
    """See `Reader` for what each verb gives."""

    @abstractmethod
    def _rows(self, name: str, /, **params: object) -> list[Record]:
        """The records of a statement."""

    @abstractmethod
    def _paging(self, page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
        """A page as parameters."""

    @abstractmethod
    def _filled(self, filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
        """A filter as parameters."""

    @abstractmethod
    def _paired(self, pairs: Sequence[Pair]) -> dict[str, object]:
        """Pairs of accounts as parameters."""

    def _lines(self, rows: Iterable[Record]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """Lines of evidence by their pairs, the strongest first."""
        return evidence_rows(rows)

    def accounts(self, ids: Sequence[str]) -> Sequence[AccountRow]:
        """The accounts of these ids."""
        return [account_row(row) for row in self._rows("reader/accounts", ids=once(ids))]

    def rings(self, ids: Sequence[str]) -> Sequence[RingRow]:
        """The rings of these ids."""
        return [ring_row(row) for row in self._rows("reader/rings", ids=once(ids))]

    def identifiers(self, names: Sequence[IdentifierName]) -> Sequence[IdentifierRow]:
        """The identifiers of these names."""
        return [identifier_row(row) for row in self._rows("reader/identifiers", names=once(named(names)))]

    def campaigns(self, ids: Sequence[str]) -> Sequence[CampaignRow]:
        """The campaigns of these ids."""
        return [campaign_row(row) for row in self._rows("reader/campaigns", ids=once(ids))]

    def links(self, pairs: Sequence[Pair]) -> Sequence[LinkRow]:
        """The links between these accounts."""
        return [link_row(row) for row in self._rows("reader/links", **self._paired(pairs))]

    def evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each link."""
        return self._lines(self._rows("reader/evidence", **self._paired(pairs)))

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in order."""
        return self._page("reader/account_page", page, ACCOUNT_ORDERS, account_row, **self._filled(filter))

    def account_count(self, filter: AccountFilter) -> int:
        """How many accounts pass."""
        return self._count("reader/account_count", **self._filled(filter))

    def ring_page(self, filter: RingFilter, page: PageRequest) -> Page[RingRow]:
        """Rings in order."""
        return self._page("reader/ring_page", page, RING_ORDERS, ring_row, **self._filled(filter))

    def ring_count(self, filter: RingFilter) -> int:
        """How many rings pass."""
        return self._count("reader/ring_count", **self._filled(filter))

    def identifier_page(self, filter: IdentifierFilter, page: PageRequest) -> Page[IdentifierRow]:
        """Identifiers in order."""
        chosen = self._filled(filter)
        return self._page("reader/identifier_page", page, IDENTIFIER_ORDERS, identifier_row, **chosen)

    def identifier_count(self, filter: IdentifierFilter) -> int:
        """How many identifiers pass."""
        return self._count("reader/identifier_count", **self._filled(filter))

    def link_page(self, min_bits: float | None, page: PageRequest) -> Page[LinkRow]:
        """All links in order."""
        return self._page("reader/link_page", page, LINK_ORDERS, link_row, min_bits=min_bits)

    def link_count(self, min_bits: float | None) -> int:
        """How many links have so many bits."""
        return self._count("reader/link_count", min_bits=min_bits)

    def campaign_page(self, min_rings: int, page: PageRequest) -> Page[CampaignRow]:
        """Campaigns in order."""
        return self._page("reader/campaign_page", page, ("rings",), campaign_row, min_rings=min_rings)

    def campaign_count(self, min_rings: int) -> int:
        """How many campaigns have so many rings."""
        return self._count("reader/campaign_count", min_rings=min_rings)

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts."""
        return self._pages("reader/members", rings, page, ACCOUNT_ORDERS, account_row, **self._filled(filter))

    def member_counts(self, rings: Sequence[str], filter: AccountFilter) -> Mapping[str, int]:
        """How many accounts of each ring pass."""
        rows = self._rows("reader/member_counts", ids=once(rings), **self._filled(filter))
        return dict.fromkeys(rings, 0) | {row[0]: row[1] for row in rows}

    def holdings(
        self, accounts: Sequence[str], kinds: Sequence[str] | None, page: PageRequest
    ) -> Mapping[str, Page[HoldingRow]]:
        """A page of what each account was seen with."""
        listed = None if kinds is None else list(kinds)
        return self._pages("reader/holdings", accounts, page, HOLDING_ORDERS, holding_row, kinds=listed)

    def holders(
        self, names: Sequence[IdentifierName], page: PageRequest
    ) -> Mapping[IdentifierName, Page[HoldingRow]]:
        """A page of who was seen with each identifier."""
        texts = named(names)
        found = self._pages("reader/holders", texts, page, HOLDING_ORDERS, holding_row)
        return {name: found[text] for name, text in zip(names, texts, strict=True)}

    def links_of(self, accounts: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of each account's links."""
        return self._pages("reader/links_of", accounts, page, LINK_ORDERS, link_row)

    def ring_links(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of the links inside each ring."""
        return self._pages("reader/ring_links", rings, page, LINK_ORDERS, link_row)

    def shared(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[SharedRow]]:
        """A page of what each ring's accounts share."""
        return self._pages("reader/shared", rings, page, ("members",), shared_row)

    def shared_holdings(self, ring: str, names: Sequence[IdentifierName], limit: int) -> Sequence[HoldingRow]:
        """Who in the ring was seen with these identifiers."""
        rows = self._rows("reader/shared_holdings", ring=ring, names=once(named(names)), limit=limit)
        return [holding_row(row) for row in rows]

    def stars(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[StarRow]]:
        """A page of each ring's blocks."""
        return self._pages("reader/stars", rings, page, ("members",), star_row)

    def joins(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[JoinRow]]:
        """A page of each ring's groups that were joined as wholes."""
        return self._pages("reader/joins", rings, page, LINK_ORDERS, join_row)

    def join_evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each join."""
        return self._lines(self._rows("reader/join_evidence", **self._paired(pairs)))

    def campaign_rings(self, campaigns: Sequence[str], page: PageRequest) -> Mapping[str, Page[RingRow]]:
        """A page of each campaign's rings."""
        return self._pages("reader/campaign_rings", campaigns, page, RING_ORDERS, ring_row)

    def campaign_accounts(
        self, campaigns: Sequence[str], page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of who takes part in each campaign."""
        return self._pages("reader/campaign_accounts", campaigns, page, ACCOUNT_ORDERS, account_row)

    def campaign_overlaps(self, campaigns: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each campaign has in common with its rings."""
        rows = self._rows("reader/campaign_overlaps", ids=once(campaigns), limit=limit)
        return overlaps(campaigns, rows, lambda row: row.campaign_id)

    def ring_overlaps(self, rings: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each ring has in common with its campaigns."""
        rows = self._rows("reader/ring_overlaps", ids=once(rings), limit=limit)
        return overlaps(rings, rows, lambda row: row.ring_id)

    def neighbourhood(self, account: str, hops: int, limit: int) -> Sequence[LinkRow]:
        """The strongest links around an account."""
        return strongest_around(self._hop, account, hops, limit)

    def path(self, account_a: str, account_b: str, max_hops: int) -> Sequence[LinkRow]:
        """A shortest chain of links."""
        return shortest_path(self._hop, account_a, account_b, max_hops)

    def _hop(self, frontier: Sequence[str], limit: int) -> Sequence[LinkRow]:
        return [link_row(row) for row in self._rows("reader/hop", frontier=list(frontier), limit=limit)]

    def _count(self, name: str, /, **params: object) -> int:
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
        rows = self._rows(name, **self._paging(page, orders), **params)
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
        for row in self._rows(name, parents=list(found), **self._paging(page, orders), **params):
            found[row[0]].append((row[1], row[2], row[3:]))
        return {parent: cut(rows, page.limit, make) for parent, rows in found.items()}
