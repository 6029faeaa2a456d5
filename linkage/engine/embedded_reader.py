"""Reads one run of a store for the API: a connection a run, a cursor a thread, statements in `sql/reader/`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from linkage.engine.embedded_view import EmbeddedView
from linkage.engine.files import StoreFolder
from linkage.engine.lookup import Names
from linkage.engine.readable import (
    ACCOUNT_ORDERS,
    AccountFilter,
    AccountRow,
    ChangeRow,
    DayRow,
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
    cut,
    filled,
    grouped,
    named,
    named_pairs,
    paging,
    star_member_row,
    star_names,
)
from linkage.engine.serving import serving_file
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


class EmbeddedReader(RecordReader):
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

    def ring_details(self, ids: Sequence[str]) -> Sequence[RingDetail]:
        """What the scores were made of."""
        return [RingDetail(*row) for row in self._rows("reader/ring_details", ids=list(ids))]

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings."""
        listed = None if events is None else list(events)
        return self._page("reader/change_page", page, ("id",), lambda row: ChangeRow(*row), events=listed)

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts; the usual case of one ring needs no ranking of all its members."""
        if len(rings) != 1:
            return super().members(rings, filter, page)
        given = {**paging(page, ACCOUNT_ORDERS), **filled(filter)}
        rows = self._rows("reader/members_of_one", parent=rings[0], **given)
        return {rings[0]: cut([(row[1], row[2], row[3:]) for row in rows], page.limit, account_row)}

    def star_members(self, ring: str, stars: Sequence[StarName], limit: int) -> Sequence[StarMemberRow]:
        """Who in the ring is in these blocks."""
        rows = self._rows("reader/star_members", ring=ring, names=star_names(stars), limit=limit)
        return [star_member_row(row) for row in rows]

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring."""
        return grouped(rings, (ChangeRow(*row) for row in self._rows("reader/ring_changes", ids=list(rings))))

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days."""
        return grouped(rings, (DayRow(*row) for row in self._rows("reader/timeline", ids=list(rings))))

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What the values are."""
        found = [
            Match(row[0], row[0], None) for row in self._rows("reader/lookup_accounts", ids=list(values))
        ]
        if personal:
            self._in_time()
            names = self._database.names(self._sealers).of_all(values)
            meant = {text: names[name] for text, name in zip(named(list(names)), names, strict=True)}
            for text, account, *rest in self._rows("reader/lookup_identifiers", names=list(meant)):
                row = IdentifierRow(*rest)
                found += [Match(value, account, row) for value in meant[text]]
        return found

    def search(self, text: str, limit: int, *, personal: bool) -> Found:
        """What begins with the text."""
        given: dict[str, object] = {"text": text, "limit": limit}
        return Found(
            accounts=tuple(AccountRow(*row) for row in self._rows("reader/search_accounts", **given)),
            rings=tuple(RingRow(*row) for row in self._rows("reader/search_rings", **given)),
            identifiers=tuple(IdentifierRow(*row) for row in self._rows("reader/search_identifiers", **given))
            if personal
            else (),
        )

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked."""
        self._in_time()
        view = EmbeddedView(self._store, self._run)
        with view.warehouse(threads=1, memory_limit="512MB") as warehouse, self._watched(warehouse):
            return view.explain(account_a, account_b, warehouse)

    def _rows(self, name: str, /, **params: object) -> list[Record]:
        self._in_time()
        cursor = self._database.cursor()
        with self._watched(cursor):
            return cursor.tuples(name, **params)

    def _paging(self, page: PageRequest, orders: Sequence[str]) -> dict[str, object]:
        return paging(page, orders)

    def _filled(self, filter: AccountFilter | RingFilter | IdentifierFilter) -> dict[str, object]:
        return filled(filter)

    def _paired(self, pairs: Sequence[Pair]) -> dict[str, object]:
        return named_pairs(pairs)

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
