"""One published run, read from the graph: every statement asks for what the run of its number knows."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from linkage.engine.kinds import read_kinds, read_rule
from linkage.engine.neo4j.elements import account_uid, run_uid
from linkage.engine.neo4j.values import Row, table_of
from linkage.errors import StoreError, UsageError
from linkage.explain import PairFacts, explain_pair
from linkage.links.rarity import FAMILY_FLOOR
from linkage.model import Explanation, RunRecord
from linkage.warehouse import Warehouse

Found = TypeVar("Found")

# A publication under way is over in seconds; of one that died in the middle, the transaction is gone.
_ATTEMPTS = 40
_PATIENT_ATTEMPTS = 20
_HUBS = pa.schema(
    [("kind", pa.string()), ("key", pa.string()), ("accounts", pa.int64()), ("reason", pa.string())]
)


def pack_schema(schema: pa.Schema) -> str:
    """A table's columns and types as text."""
    return base64.b64encode(schema.remove_metadata().serialize().to_pybytes()).decode("ascii")


def unpack_schema(text: str) -> pa.Schema:
    """The columns and types again."""
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))


class Reads(Protocol):
    """Who runs statements that change nothing."""

    def read(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """All rows of a statement."""
        ...


class Neo4jView:
    """Pinned to one run by its number; the server commits while others read, so what was read is checked."""

    def __init__(self, server: Reads, run: RunRecord, node: Mapping[str, Any]) -> None:
        self._server = server
        self._run = run
        self._at = int(node["seq"])
        self._node = node
        self._schemas = {name: unpack_schema(text) for name, text in json.loads(node["schemas"]).items()}

    @property
    def run(self) -> RunRecord:
        """The run that this view reads."""
        return self._run

    @property
    def number(self) -> int:
        """The run's place in the ledger, which `since` and `until` count by."""
        return self._at

    def memberships(self) -> pa.Table:
        """account_id, ring_id, ring_score, verdict, flagged, role."""
        return self._whole("members", self._memberships)

    def rings(self) -> pa.Table:
        """A row for each ring, with one column a feature."""
        return self._whole("rings", self._rings).sort_by(
            [("score", "descending"), ("members", "descending"), ("ring_id", "ascending")]
        )

    def changes(self) -> pa.Table:
        """What became of each ring since the run before."""
        return self._whole("changes", self._changes).sort_by(
            [("ring_id", "ascending"), ("event", "ascending")]
        )

    def explanations(self) -> pa.Table:
        """ring_id, and what people read of each ring as JSON."""
        return self._whole("rings", lambda: table_of(self._states("Ring"), self._schemas["details"])).sort_by(
            "ring_id"
        )

    def campaigns(self) -> pa.Table:
        """A row for each campaign."""
        return self._whole(
            "campaigns", lambda: table_of(self._states("Campaign"), self._schemas["campaigns"])
        ).sort_by([("accounts", "descending"), ("campaign_id", "ascending")])

    def campaign_rings(self) -> pa.Table:
        """The overlap of campaigns and rings."""
        return self._campaign("campaign_rings", "read_campaign_rings").sort_by(
            [("campaign_id", "ascending"), ("accounts", "descending"), ("ring_id", "ascending")]
        )

    def campaign_accounts(self) -> pa.Table:
        """Who takes part in which campaign."""
        return self._campaign("campaign_accounts", "read_campaign_accounts").sort_by(
            [("campaign_id", "ascending"), ("account_id", "ascending")]
        )

    def links(self) -> pa.Table:
        """account_a, account_b, bits, families, evidence (JSON)."""
        rows = self._whole("links", lambda: self._server.read("read_links", at=self._at))
        identifiers = {
            f"i:{row['kind']}:{row['key']}": row for row in self._stable(lambda: self._states("Identifier"))
        }
        with Warehouse.open(None) as warehouse:
            for name, table in _link_tables(rows, identifiers).items():
                warehouse.register(name, table, view=True)
            return warehouse.query("views/links", floor=FAMILY_FLOOR)

    def hubs(self) -> pa.Table:
        """kind, key, accounts, reason."""
        found = self._whole(
            "hubs",
            lambda: table_of(self._server.read("read_hubs", at=self._at), self._schemas.get("hubs", _HUBS)),
        )
        return found.sort_by([("accounts", "descending"), ("kind", "ascending"), ("key", "ascending")])

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why the two accounts are, or are not, linked."""
        if account_a == account_b:
            raise UsageError("an explanation needs two different accounts")
        first, second = sorted((account_a, account_b))
        return self._stable(lambda: self._explain(first, second))

    def _explain(self, first: str, second: str) -> Explanation:
        accounts = [self._account(account) for account in (first, second)]
        pair = self._server.read("read_pair", a=account_uid(first), b=account_uid(second), at=self._at)
        facts = self._facts([row["state"] for row in accounts], pair)
        return explain_pair(first, second, facts, (accounts[0]["ring_id"], accounts[1]["ring_id"]))

    def _account(self, account_id: str) -> Row:
        found = self._server.read("read_account", uid=account_uid(account_id), at=self._at)
        if not found:
            raise UsageError(f"run {self._run.run_id} knows no account {account_id!r}")
        return found[0]

    def _facts(self, accounts: list[Row], pair: list[Row]) -> PairFacts:
        kinds = pa.Table.from_pylist(json.loads(self._node["kinds"]), schema=self._schemas["kinds"])
        names = kinds["name"].to_pylist()
        number = {name: at for at, name in enumerate(names)}
        pair = sorted(pair, key=lambda row: (number[row["state"]["kind"]], row["state"]["key"]))
        values = np.zeros((2, len(names)), dtype=np.uint16)
        for at, account in enumerate(accounts):
            for kind, count in zip(
                account.get("value_kinds", ()), account.get("value_counts", ()), strict=True
            ):
                values[at, number[kind]] = min(count, 65_535)
        held = [
            (at, place, *row[side])
            for at, side in enumerate(("first", "second"))
            for place, row in enumerate(pair)
        ]
        hours = [
            (at, place, hour)
            for at, side in enumerate(("first_hours", "second_hours"))
            for place, row in enumerate(pair)
            for hour in row[side]
        ]
        return PairFacts(
            identifiers=_pair_identifiers([row["state"] for row in pair], number),
            holdings=_integers(("account", "place", "first", "last", "count"), held),
            hours=_integers(("account", "place", "bucket"), hours),
            values=values,
            kinds=read_kinds(kinds),
            kind_names=names,
            total=kinds["total"].to_numpy().astype(np.float64),
            rule=read_rule(self._run),
            as_of=self._run.parameters["as_of_hour"],
        )

    def _states(self, label: str) -> list[Row]:
        return [row["state"] for row in self._server.read("read_states", label=label, at=self._at)]

    def _campaign(self, name: str, statement: str) -> pa.Table:
        return self._whole(
            name, lambda: table_of(self._server.read(statement, at=self._at), self._schemas[name])
        )

    def _memberships(self) -> pa.Table:
        rings = {row["ring_id"]: row for row in self._states("Ring")}
        rows = self._server.read("read_members", at=self._at)
        for row in rows:
            ring = rings.get(row["ring_id"], {})
            row["ring_score"], row["verdict"] = ring.get("score"), ring.get("verdict")
        return table_of(rows, self._schemas["memberships"]).sort_by("account_id")

    def _rings(self) -> pa.Table:
        return table_of(self._states("Ring"), self._schemas["rings"])

    def _changes(self) -> pa.Table:
        rows = self._server.read("read_changes", uid=run_uid(self._run.run_id))
        return table_of([row["change"] for row in rows], self._schemas["changes"])

    def _whole(self, counted: str, read: Callable[[], Found]) -> Found:
        """A table with as many rows as the run has of them."""
        return self._stable(read, int(self._node[counted]))

    def _stable(self, read: Callable[[], Found], count: int | None = None) -> Found:
        """What was read while nothing was being published, and whole.

        A transaction of this server becomes visible piece by piece. So a reader looks before and after whether one that
        publishes is under way, and counts.
        """
        for attempt in range(_ATTEMPTS):
            before = self._pulse()
            found = read()
            complete = count is None or _length(found) == count
            quiet = before == self._pulse() and (not before[1] or attempt >= _PATIENT_ATTEMPTS)
            if complete and quiet:
                return found
            time.sleep(min(0.05 * (attempt + 1), 0.5))
        raise StoreError(f"run {self._run.run_id} cannot be read whole: it may have been pruned meanwhile")

    def _pulse(self) -> tuple[str, bool]:
        rows = self._server.read("read_pointer")
        return (rows[0]["run_id"], rows[0]["publishing"]) if rows else ("", False)


def _length(found: object) -> int:
    return int(found.num_rows) if isinstance(found, pa.Table) else len(found)  # type: ignore[arg-type]


def _link_tables(rows: list[Row], identifiers: Mapping[str, Row]) -> dict[str, pa.Table]:
    """The tables that the statement for links reads."""
    names = sorted({row[side] for row in rows for side in ("account_a", "account_b")})
    account = {name: at for at, name in enumerate(names)}
    place = {uid: at for at, uid in enumerate(identifiers)}
    lines = [
        (at, place[uid], bits, first, last, count)
        for at, row in enumerate(rows)
        for uid, bits, first, last, count in zip(
            row["identifiers"], row["line_bits"], row["firsts"], row["lasts"], row["counts"], strict=True
        )
    ]
    columns: list[tuple[Any, ...]] = list(zip(*lines, strict=True)) or [()] * 6
    return {
        "account": pa.table(
            {"account": pa.array(range(len(names)), pa.int32()), "account_id": pa.array(names, pa.string())}
        ),
        "identifier": pa.table(
            {
                "identifier": pa.array(range(len(place)), pa.int32()),
                **{
                    name: pa.array([row[name] for row in identifiers.values()], kind)
                    for name, kind in (
                        ("kind", pa.string()),
                        ("key", pa.string()),
                        ("family", pa.string()),
                        ("supporting", pa.bool_()),
                    )
                },
            }
        ),
        "link": pa.table(
            {
                "link": pa.array(range(len(rows)), pa.int64()),
                "a": pa.array([account[row["account_a"]] for row in rows], pa.int32()),
                "b": pa.array([account[row["account_b"]] for row in rows], pa.int32()),
                "bits": pa.array([row["bits"] for row in rows], pa.float64()),
            }
        ),
        "evidence": pa.table(
            {
                "link": pa.array(columns[0], pa.int64()),
                "identifier": pa.array(columns[1], pa.int32()),
                "bits": pa.array(columns[2], pa.float64()),
                "first": pa.array(columns[3], pa.int32()),
                "last": pa.array(columns[4], pa.int32()),
                "count": pa.array(columns[5], pa.int64()),
            }
        ),
    }


def _pair_identifiers(states: list[Row], number: Mapping[str, int]) -> pa.Table:
    schema = pa.schema(
        [
            ("key", pa.string()), ("caption", pa.string()), ("accounts", pa.int64()), ("degree", pa.float64()),
            ("strength", pa.float64()), ("links", pa.bool_()), ("near_proof", pa.bool_()), ("reason", pa.string()),
        ]
    )  # fmt: skip
    table = table_of(states, schema)
    # The server keeps no property that is null; a NaN of ours is one.
    strength = [np.nan if item is None else item for item in table["strength"].to_pylist()]
    table = table.set_column(
        table.schema.get_field_index("strength"), "strength", pa.array(strength, pa.float64())
    )
    kind = pa.array([number[state["kind"]] for state in states], pa.int32())
    return table.append_column("kind", kind).append_column("place", pa.array(range(len(states)), pa.int32()))


def _integers(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> pa.Table:
    columns: list[tuple[int, ...]] = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({name: pa.array(column, pa.int64()) for name, column in zip(names, columns, strict=True)})
