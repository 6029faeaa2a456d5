"""One published run of a store, read from its Parquet files."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.engine.files import StoreFolder
from linkage.engine.kinds import read_kinds, read_rule
from linkage.errors import InputError, StoreError, UsageError
from linkage.explain import PairFacts, explain_pair
from linkage.links.rarity import FAMILY_FLOOR
from linkage.model import Explanation, RunRecord
from linkage.warehouse import Warehouse, ident, literal

_RELATIONS = {
    "account": "accounts",
    "identifier": "identifiers",
    "holding": "holdings",
    "hour": "hours",
    "value_count": "value_counts",
    "link": "links",
    "evidence": "evidence",
    "membership": "memberships",
}


class EmbeddedView:
    """Pinned to one run: a publish in the meantime changes nothing for who reads through it."""

    def __init__(self, store: StoreFolder, run: RunRecord) -> None:
        self._store = store
        self._run = run

    @property
    def run(self) -> RunRecord:
        """The run that this view reads."""
        return self._run

    def memberships(self) -> pa.Table:
        """account_id, ring_id, ring_score, verdict, flagged, role."""
        return self._table("memberships")

    def rings(self) -> pa.Table:
        """A row for each ring, with one column a feature."""
        return self._table("rings")

    def changes(self) -> pa.Table:
        """What became of each ring since the run before."""
        return self._table("changes")

    def explanations(self) -> pa.Table:
        """ring_id, and what people read of each ring as JSON."""
        return self._table("details")

    def campaigns(self) -> pa.Table:
        """A row for each campaign."""
        return self._table("campaigns")

    def campaign_rings(self) -> pa.Table:
        """The overlap of campaigns and rings."""
        return self._table("campaign_rings")

    def campaign_accounts(self) -> pa.Table:
        """Who takes part in which campaign."""
        return self._table("campaign_accounts")

    def links(self) -> pa.Table:
        """account_a, account_b, bits, families, evidence (JSON)."""
        with self.warehouse() as warehouse:
            return warehouse.query("views/links", floor=FAMILY_FLOOR)

    def hubs(self) -> pa.Table:
        """kind, key, accounts, reason."""
        with self.warehouse() as warehouse:
            return warehouse.query("views/hubs")

    def explain(self, account_a: str, account_b: str, warehouse: Warehouse | None = None) -> Explanation:
        """Why the two accounts are, or are not, linked; read in a warehouse of its own unless one is given."""
        if account_a == account_b:
            raise UsageError("an explanation needs two different accounts")
        first, second = sorted((account_a, account_b))
        with contextlib.nullcontext(warehouse) if warehouse else self.warehouse() as opened:
            numbers = [self._number(opened, account) for account in (first, second)]
            rings = tuple(self._ring(opened, account) for account in (first, second))
            facts = self._facts(opened, numbers[0], numbers[1])
        return explain_pair(first, second, facts, (rings[0], rings[1]))

    def _table(self, name: str) -> pa.Table:
        return self._store.read_table(self._run.run_id, name)

    def warehouse(self, **options: Any) -> Warehouse:
        """The run's tables as views; `options` as those of `Warehouse.open`."""
        warehouse = Warehouse.open(None, **options)
        folder = self._store.run_folder(self._run.run_id)
        for relation, name in _RELATIONS.items():
            path = literal(folder / f"{name}.parquet")
            try:
                warehouse.execute(f"CREATE VIEW {ident(relation)} AS SELECT * FROM read_parquet({path})")
            except InputError as error:
                raise StoreError(f"run {self._run.run_id} cannot be read: {error}") from error
        return warehouse

    def _number(self, warehouse: Warehouse, account_id: str) -> int:
        number = warehouse.scalar("SELECT account FROM account WHERE account_id = $id", {"id": account_id})
        if number is None:
            raise UsageError(f"run {self._run.run_id} knows no account {account_id!r}")
        return int(number)

    def _ring(self, warehouse: Warehouse, account_id: str) -> str | None:
        ring: str | None = warehouse.scalar(
            "SELECT ring_id FROM membership WHERE account_id = $id", {"id": account_id}
        )
        return ring

    def _facts(self, warehouse: Warehouse, a: int, b: int) -> PairFacts:
        kinds = self._table("kinds")
        warehouse.register("pair", warehouse.query("views/pair_identifiers", a=a, b=b))
        held = warehouse.arrow(
            "SELECT CAST(holding.account = $b AS INTEGER) AS account, place, first, last, count "
            "FROM holding JOIN pair USING (identifier) WHERE holding.account IN ($a, $b) ORDER BY 1, 2",
            {"a": a, "b": b},
        )
        hours = warehouse.arrow(
            "SELECT CAST(hour.account = $b AS INTEGER) AS account, place, bucket "
            "FROM hour JOIN pair USING (identifier) WHERE hour.account IN ($a, $b) ORDER BY 1, 2, 3",
            {"a": a, "b": b},
        )
        counted = warehouse.records(
            "SELECT CAST(account = $b AS INTEGER) AS account, kind, values FROM value_count WHERE account IN ($a, $b)",
            {"a": a, "b": b},
        )
        values = np.zeros((2, kinds.num_rows), dtype=np.uint16)
        for row in counted:
            values[row["account"], row["kind"]] = min(row["values"], 65_535)
        return PairFacts(
            identifiers=warehouse.arrow("SELECT * FROM pair ORDER BY place"),
            holdings=held,
            hours=hours,
            values=values,
            kinds=read_kinds(kinds),
            kind_names=kinds["name"].to_pylist(),
            total=kinds["total"].to_numpy().astype(np.float64),
            rule=read_rule(self._run),
            as_of=self._run.parameters["as_of_hour"],
        )
