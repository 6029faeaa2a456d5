"""Reads one run of a server for the API: statements in `cypher/reader/`, each asking for what the run knew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
    AccountFilter,
    AccountRow,
    ChangeRow,
    DayRow,
    EvidenceRow,
    Found,
    IdentifierFilter,
    IdentifierRow,
    Match,
    Page,
    PageRequest,
    Pair,
    RingDetail,
    RingFilter,
    RingRow,
    StarMemberRow,
    StarName,
)
from linkage.engine.record_reader import RecordReader
from linkage.engine.rows import (
    Record,
    account_row,
    grouped,
    named,
    once,
)
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


class Neo4jReader(RecordReader):
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
            for ring_id, state in self._rows("reader/ring_details", ids=once(ids))
        ]

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in order; that of their ids is an index's."""
        statement = "reader/account_page_by_id" if page.order == "id" else "reader/account_page"
        return self._page(statement, page, ACCOUNT_ORDERS, account_row, **parameters.filled(filter))

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings."""
        listed = None if events is None else list(events)
        return self._page(
            "reader/change_page", page, ("id",), lambda row: ChangeRow(*row), events=listed, uid=self._uid
        )

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts; that of all of them is an index's, in any order."""
        if filter != AccountFilter():
            return super().members(rings, filter, page)
        name = "reader/members_by_id"
        if page.order == "created_at":
            name = "reader/members_newest" if page.descending else "reader/members_oldest"
        return self._pages(name, rings, page, ACCOUNT_ORDERS, account_row)

    def star_members(self, ring: str, stars: Sequence[StarName], limit: int) -> Sequence[StarMemberRow]:
        """Who in the ring is in these blocks."""
        texts = [named(star) for star in stars]
        rows = self._rows("reader/star_members", ring=ring, stars=texts, limit=limit)
        return [StarMemberRow(stars[place], account, bits) for place, account, bits in rows]

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring."""
        rows = self._rows("reader/ring_changes", ids=once(rings), uid=self._uid)
        return grouped(rings, (ChangeRow(*row) for row in rows))

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days."""
        rows = self._rows("reader/timeline", ids=once(rings))
        days = (
            DayRow(ring_id, _EPOCH + timedelta(days=day), *counts)
            for ring_id, *lists in rows
            for day, *counts in zip(*lists, strict=True)
        )
        return grouped(rings, days)

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What the values are; where the graph keeps an identifier keyed, the value is keyed first."""
        ids = once(values)
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

    def _rows(self, name: str, /, **params: object) -> list[Record]:
        return self._statements.rows(name, **params)

    def _paging(self, page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
        return parameters.paging(page, orders)

    def _filled(self, filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
        return parameters.filled(filter)

    def _paired(self, pairs: Sequence[Pair]) -> dict[str, object]:
        return {"pairs": parameters.pairs(pairs)}

    def _lines(self, rows: Iterable[Record]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        found = super()._lines(rows)
        return {
            pair: sorted(lines, key=lambda line: (-line.bits, line.identifier.name))
            for pair, lines in found.items()
        }


def _plain(value: Any) -> Any:
    """A feature as JSON has it: times as text."""
    to_native = getattr(value, "to_native", None)
    return str(to_native().replace(tzinfo=None)) if callable(to_native) else value
