"""Reads one run of a server for the API: statements in `cypher/reader/`, each asking for what the run knew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pyarrow as pa

from linkage.engine.lookup import Names
from linkage.engine.neo4j import parameters
from linkage.engine.neo4j.elements import run_uid
from linkage.engine.neo4j.pinned import Pin, Statements
from linkage.engine.neo4j.view import Neo4jView, unpack_schema
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
    grouped,
    holding_row,
    identifier_row,
    join_row,
    link_row,
    named,
    overlaps,
    ring_row,
    shared_row,
    star_row,
)
from linkage.engine.walks import shortest_path, strongest_around
from linkage.engine.watchdog import Deadline
from linkage.identifiers.keys import Sealer
from linkage.model import Explanation, RunRecord

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1)
# Holders of a value that a lookup names; more are read through the identifier.
_HOLDERS = 100
# Columns of rings that are no features.
_NO_FEATURES = {
    "ring_id", "size", "score", "verdict", "story", "flagged", "first_seen", "last_seen", "top_reasons", "parent_ids",
}  # fmt: skip


class Neo4jReader:
    """Pinned to one run; see `Reader` for what each verb gives.

    `node` is the run's node. Keys of personal identifiers are those of the graph, fingerprints unless it is `plain`;
    `sealers` made them, and find a pasted value among them.
    """

    def __init__(
        self, pin: Pin, node: Mapping[str, Any], sealers: Sequence[Sealer], deadline: Deadline | None = None
    ) -> None:
        self._pin, self._node, self._sealers = pin, node, sealers
        self._statements = Statements(pin, deadline)

    @property
    def run(self) -> RunRecord:
        """The run that is read."""
        return self._pin.run

    def within(self, seconds: float) -> Neo4jReader:
        """The same reader with so much time left; the server ends what takes longer."""
        return Neo4jReader(self._pin, self._node, self._sealers, Deadline(seconds))

    def cancel(self) -> None:
        """Ends what runs through this reader; one that is shared by all requests goes on."""
        self._statements.cancel()

    def close(self) -> None:
        """Nothing is held: connections are the engine's."""

    def accounts(self, ids: Sequence[str]) -> Sequence[AccountRow]:
        """The accounts of these ids."""
        return [AccountRow(*row) for row in self._rows("reader/accounts", ids=parameters.once(ids))]

    def rings(self, ids: Sequence[str]) -> Sequence[RingRow]:
        """The rings of these ids."""
        return [RingRow(*row) for row in self._rows("reader/rings", ids=parameters.once(ids))]

    def ring_details(self, ids: Sequence[str]) -> Sequence[RingDetail]:
        """What the scores were made of."""
        schema = unpack_schema(json.loads(self._node["schemas"])["rings"])
        features = [name for name in schema.names if name not in _NO_FEATURES]
        return [
            RingDetail(
                ring_id=ring_id,
                features=json.dumps({name: _plain(state.get(name)) for name in features}),
                reasons=state.get("reasons", "[]"),
                stories=state.get("stories", "[]"),
                shared=state.get("shared", "[]"),
                defence=state.get("defence", "{}"),
            )
            for ring_id, state in self._rows("reader/ring_details", ids=parameters.once(ids))
        ]

    def identifiers(self, names: Sequence[IdentifierName]) -> Sequence[IdentifierRow]:
        """The identifiers of these names."""
        return [IdentifierRow(*row) for row in self._rows("reader/identifiers", names=named(names))]

    def campaigns(self, ids: Sequence[str]) -> Sequence[CampaignRow]:
        """The campaigns of these ids."""
        return [campaign_row(row) for row in self._rows("reader/campaigns", ids=parameters.once(ids))]

    def links(self, pairs: Sequence[Pair]) -> Sequence[LinkRow]:
        """The links between these accounts."""
        return [LinkRow(*row) for row in self._rows("reader/links", pairs=parameters.pairs(pairs))]

    def evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each link."""
        return _strongest_first(self._rows("reader/evidence", pairs=parameters.pairs(pairs)))

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in order; that of their ids is an index's."""
        statement = "reader/account_page_by_id" if page.order == "id" else "reader/account_page"
        return self._page(statement, page, ACCOUNT_ORDERS, account_row, **parameters.filled(filter))

    def account_count(self, filter: AccountFilter) -> int:
        """How many accounts pass."""
        return self._count("reader/account_count", **parameters.filled(filter))

    def ring_page(self, filter: RingFilter, page: PageRequest) -> Page[RingRow]:
        """Rings in order."""
        return self._page("reader/ring_page", page, RING_ORDERS, ring_row, **parameters.filled(filter))

    def ring_count(self, filter: RingFilter) -> int:
        """How many rings pass."""
        return self._count("reader/ring_count", **parameters.filled(filter))

    def identifier_page(self, filter: IdentifierFilter, page: PageRequest) -> Page[IdentifierRow]:
        """Identifiers in order."""
        return self._page(
            "reader/identifier_page", page, IDENTIFIER_ORDERS, identifier_row, **parameters.filled(filter)
        )

    def identifier_count(self, filter: IdentifierFilter) -> int:
        """How many identifiers pass."""
        return self._count("reader/identifier_count", **parameters.filled(filter))

    def link_page(self, min_bits: float | None, page: PageRequest) -> Page[LinkRow]:
        """All links in order."""
        return self._page("reader/link_page", page, LINK_ORDERS, link_row, min_bits=min_bits)

    def link_count(self, min_bits: float | None) -> int:
        """How many links have so many bits."""
        return self._count("reader/link_count", min_bits=min_bits)

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings."""
        listed = None if events is None else list(events)
        return self._page(
            "reader/change_page", page, ("id",), lambda row: ChangeRow(*row), events=listed, uid=self._uid
        )

    def campaign_page(self, min_rings: int, page: PageRequest) -> Page[CampaignRow]:
        """Campaigns in order."""
        return self._page("reader/campaign_page", page, ("rings",), campaign_row, min_rings=min_rings)

    def campaign_count(self, min_rings: int) -> int:
        """How many campaigns have so many rings."""
        return self._count("reader/campaign_count", min_rings=min_rings)

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts; the usual one, of all in the order of their ids, looks at no others."""
        usual = page.order == "id" and filter == AccountFilter()
        name = "reader/members_by_id" if usual else "reader/members"
        return self._pages(name, rings, page, ACCOUNT_ORDERS, account_row, **parameters.filled(filter))

    def member_counts(self, rings: Sequence[str], filter: AccountFilter) -> Mapping[str, int]:
        """How many accounts of each ring pass."""
        rows = self._rows("reader/member_counts", ids=parameters.once(rings), **parameters.filled(filter))
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
        rows = self._rows(
            "reader/shared_holdings", ring=ring, names=parameters.once(named(names)), limit=limit
        )
        return [holding_row(row) for row in rows]

    def stars(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[StarRow]]:
        """A page of each ring's blocks."""
        return self._pages("reader/stars", rings, page, ("members",), star_row)

    def star_members(self, ring: str, stars: Sequence[StarName], limit: int) -> Sequence[StarMemberRow]:
        """Who in the ring is in these blocks."""
        texts = [named(star) for star in stars]
        rows = self._rows("reader/star_members", ring=ring, stars=texts, limit=limit)
        return [StarMemberRow(stars[place], account, bits) for place, account, bits in rows]

    def joins(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[JoinRow]]:
        """A page of each ring's groups that were joined as wholes."""
        return self._pages("reader/joins", rings, page, LINK_ORDERS, join_row)

    def join_evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each join."""
        return _strongest_first(self._rows("reader/join_evidence", pairs=parameters.pairs(pairs)))

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
        rows = self._rows("reader/campaign_overlaps", ids=parameters.once(campaigns), limit=limit)
        return overlaps(campaigns, rows, lambda row: row.campaign_id)

    def ring_overlaps(self, rings: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each ring has in common with its campaigns."""
        rows = self._rows("reader/ring_overlaps", ids=parameters.once(rings), limit=limit)
        return overlaps(rings, rows, lambda row: row.ring_id)

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring."""
        rows = self._rows("reader/ring_changes", ids=parameters.once(rings), uid=self._uid)
        return grouped(rings, (ChangeRow(*row) for row in rows))

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days."""
        rows = self._rows("reader/timeline", ids=parameters.once(rings))
        days = (
            DayRow(ring_id, _EPOCH + timedelta(days=day), *counts)
            for ring_id, *lists in rows
            for day, *counts in zip(*lists, strict=True)
        )
        return grouped(rings, days)

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What the values are; where the graph keeps an identifier keyed, the value is keyed first."""
        ids = parameters.once(values)
        found = [Match(row[0], row[0], None) for row in self._rows("reader/lookup_accounts", ids=ids)]
        if personal:
            meant = {
                parameters.identifier_uid(name): given for name, given in self._names.of_all(ids).items()
            }
            for uid, account, *rest in self._rows(
                "reader/lookup_identifiers", uids=list(meant), most=_HOLDERS
            ):
                row = IdentifierRow(*rest)
                found += [Match(value, account, row) for value in meant[uid]]
        return found

    def search(self, text: str, limit: int, *, personal: bool) -> Found:
        """What begins with the text; identifiers that the graph keeps keyed are found by their whole value."""
        uids = [f"i:{kind}:{text}" for kind in self._kinds["name"].to_pylist()] + [
            parameters.identifier_uid(name) for name in self._names.of(text)
        ]
        identifiers = self._rows("reader/search_identifiers", uids=uids, limit=limit) if personal else []
        return Found(
            accounts=tuple(
                AccountRow(*row) for row in self._rows("reader/search_accounts", text=text, limit=limit)
            ),
            rings=tuple(RingRow(*row) for row in self._rows("reader/search_rings", text=text, limit=limit)),
            identifiers=tuple(IdentifierRow(*row) for row in identifiers),
        )

    def neighbourhood(self, account: str, hops: int, limit: int) -> Sequence[LinkRow]:
        """The strongest links around an account."""
        return strongest_around(self._hop, account, hops, limit)

    def path(self, account_a: str, account_b: str, max_hops: int) -> Sequence[LinkRow]:
        """A shortest chain of links."""
        return shortest_path(self._hop, account_a, account_b, max_hops)

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked."""
        return Neo4jView(self._statements, self.run, self._node).explain(account_a, account_b)

    @property
    def _kinds(self) -> pa.Table:
        return pa.Table.from_pylist(
            json.loads(self._node["kinds"]), schema=unpack_schema(json.loads(self._node["schemas"])["kinds"])
        )

    @property
    def _names(self) -> Names:
        return Names(self._kinds, self._sealers)

    @property
    def _uid(self) -> str:
        return run_uid(self.run.run_id)

    def _hop(self, frontier: Sequence[str], limit: int) -> Sequence[LinkRow]:
        return [LinkRow(*row) for row in self._rows("reader/hop", frontier=list(frontier), limit=limit)]

    def _rows(self, name: str, /, **params: object) -> list[Record]:
        return self._statements.rows(name, **params)

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
        rows = self._rows(name, **parameters.paging(page, orders), **params)
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
        for row in self._rows(name, parents=list(found), **parameters.paging(page, orders), **params):
            found[row[0]].append((row[1], row[2], row[3:]))
        return {parent: cut(rows, page.limit, make) for parent, rows in found.items()}


def _strongest_first(rows: Sequence[Record]) -> Mapping[Pair, Sequence[EvidenceRow]]:
    found = evidence_rows(rows)
    return {
        pair: sorted(lines, key=lambda line: (-line.bits, line.identifier.name))
        for pair, lines in found.items()
    }


def _plain(value: Any) -> Any:
    """A feature as JSON has it: times as text."""
    to_native = getattr(value, "to_native", None)
    return str(to_native().replace(tzinfo=None)) if callable(to_native) else value
