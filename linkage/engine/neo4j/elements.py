"""From a run's tables to nodes and relationships: what stands in the graph, its name and its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.base import RunGraph
from linkage.engine.neo4j import stamps
from linkage.engine.neo4j.values import Row, rows
from linkage.identifiers.keys import Sealer
from linkage.identifiers.labels import label_of
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.rarity import FAMILY_FLOOR

# A link is written again when its bits have moved by half a bit or its lines have changed: what all accounts of a
# night have in common (their number, say) moves every link by hundredths.
BITS_STEP = 0.5

#: Of lists, so many items in a batch: what a transaction takes of the server's memory must not grow with the data.
MOST_ITEMS = 50_000
#: How the names of nodes with a label begin.
MARKS = {"Account": "a:", "Campaign": "c:", "Identifier": "i:", "Ring": "r:", "Star": "s:"}


@dataclass(frozen=True)
class Nodes:
    """Nodes of one label: names, further labels, fingerprints, and their states made rows a batch at a time."""

    label: str
    uids: list[str]
    kinds: list[str] | None
    stamp: npt.NDArray[np.int64]
    states: pa.Table | list[Row]

    def batches(self, chosen: npt.NDArray[Any], size: int) -> Iterator[list[Row]]:
        """The rows of the chosen ones, so many at a time, as parameters: uid, labels, state, stamp."""
        for start in range(0, len(chosen), size):
            part = chosen[start : start + size].tolist()
            if isinstance(self.states, pa.Table):
                states = rows(self.states.take(pa.array(part, pa.int64())))
            else:
                states = [self.states[at] for at in part]
            yield [
                {
                    "uid": self.uids[at],
                    "labels": [self.label] if self.kinds is None else [self.label, self.kinds[at]],
                    "state": state,
                    "stamp": int(self.stamp[at]),
                }
                for at, state in zip(part, states, strict=True)
            ]


@dataclass(frozen=True)
class Relationships:
    """Relationships of one type: where each starts and ends, its fingerprint, and its rows made a batch at a time.

    `items`: how long the lists of each are, together.
    """

    type: str
    statement: str
    stamp: npt.NDArray[np.int64]
    table: pa.Table
    items: npt.NDArray[np.int64]

    def only(self, chosen: npt.NDArray[Any]) -> Relationships:
        """The chosen ones, and nothing of the others held."""
        table = self.table.take(pa.array(chosen, pa.int64()))
        return replace(self, stamp=self.stamp[chosen], table=table, items=self.items[chosen])

    def batches(self, chosen: npt.NDArray[Any], size: int) -> Iterator[list[Row]]:
        """The rows of the chosen ones as parameters: so many at a time, fewer where their lists are long."""
        total = np.cumsum(self.items[chosen])
        start = 0
        while start < len(chosen):
            before = total[start - 1] if start else 0
            fit = int(np.searchsorted(total, before + MOST_ITEMS, side="right"))
            stop = min(max(fit, start + 1), start + size)
            part = rows(self.table.take(pa.array(chosen[start:stop])))
            start = stop
            if self.statement == "load_used":
                yield part
                continue
            ends = ("a", "b", "stamp")
            yield [
                {
                    **{name: row[name] for name in ends},
                    "state": {n: v for n, v in row.items() if n not in ends},
                }
                for row in part
            ]


def account_uid(account_id: str) -> str:
    """The name of an account's node."""
    return f"a:{account_id}"


def ring_uid(ring_id: str) -> str:
    """The name of a ring's node."""
    return f"r:{ring_id}"


def run_uid(run_id: str) -> str:
    """The name of a run's node."""
    return f"n:{run_id}"


class GraphElements:
    """The nodes and relationships of a run's graph. `sealer` keys personal identifiers, None leaves them as is."""

    def __init__(self, graph: RunGraph, sealer: Sealer | None) -> None:
        self.graph = graph
        self.account_uids = [account_uid(item) for item in graph.accounts["account_id"].to_pylist()]
        self._keys = _keys(graph, sealer)
        kinds = graph.identifiers["kind"].to_pylist()
        self.identifier_uids = [f"i:{kind}:{key}" for kind, key in zip(kinds, self._keys, strict=True)]
        self.star_uids = self._star_uids()
        self._account_hash = stamps.of_texts(self.account_uids)
        self._identifier_hash = stamps.of_texts(self.identifier_uids)
        self._star_hash = stamps.of_texts(self.star_uids)

    @property
    def vertex_uids(self) -> list[str]:
        """The uid of each vertex of the run's graph."""
        return [*self.account_uids, *self.star_uids]

    def nodes(self) -> Iterator[Nodes]:
        """Accounts, identifiers, stars."""
        yield _nodes("Account", self.account_uids, self._accounts(), None)
        kinds = self.graph.identifiers["kind"].to_pylist()
        yield _nodes(
            "Identifier", self.identifier_uids, self._identifiers(), [label_of(kind) for kind in kinds]
        )
        members = np.bincount(self.graph.star_members["star"].to_numpy(), minlength=len(self.star_uids))
        yield _nodes("Star", self.star_uids, pa.table({"accounts": members}), None)

    def relationships(self) -> Iterator[Relationships]:
        """USED, LINKED (accounts, and accounts to stars), RESTS_ON, JOINED."""
        yield self._used()
        yield self._linked()
        yield self._starred()
        yield self._rests()
        yield self._joined()

    def _accounts(self) -> pa.Table:
        graph = self.graph
        counts, known = graph.value_counts, graph.accounts.drop_columns(["account"])
        owner = counts["account"].to_numpy()
        order = np.argsort(owner, kind="stable")
        pointer = np.zeros(known.num_rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=known.num_rows), out=pointer[1:])
        kinds = texts_of(counts["kind"].to_numpy()[order], graph.kinds["name"].to_pylist())
        values = pa.array(counts["values"].to_numpy()[order])
        # Null where there are none: a bulk import knows no empty list.
        none = pa.array(np.diff(pointer) == 0)
        for name, items in (("value_kinds", kinds), ("value_counts", values)):
            listed = pa.LargeListArray.from_arrays(pa.array(pointer), items, mask=none)
            known = known.append_column(name, listed)
        return known

    def _identifiers(self) -> pa.Table:
        table = self.graph.identifiers.drop_columns(["identifier", "kind_number"])
        place = table.schema.get_field_index("key")
        table = table.set_column(place, "key", pa.array(self._keys, pa.string()))
        return table.append_column("hub", pc.invert(table["links"]))

    def _star_uids(self) -> list[str]:
        stars = self.graph.stars
        found = []
        for first, second in zip(stars["first"].to_pylist(), stars["second"].to_pylist(), strict=True):
            double = f"|{self.identifier_uids[second]}" if second >= 0 else ""
            found.append(f"s:{self.identifier_uids[first]}{double}")
        if len(set(found)) != len(found):
            # Two blocks on the same identifiers are told apart by their order.
            found = [f"{uid}#{at}" for at, uid in enumerate(found)]
        return found

    def _used(self) -> Relationships:
        held, hours = self.graph.holdings, self.graph.hours
        account, identifier = held["account"].to_numpy(), held["identifier"].to_numpy()
        width = max(len(self.identifier_uids), 1)
        place = account.astype(np.int64) * width + identifier
        # Holdings and hours are sorted by account and identifier.
        owner = np.searchsorted(
            place, hours["account"].to_numpy().astype(np.int64) * width + hours["identifier"].to_numpy()
        )
        bucket = hours["bucket"].to_numpy()
        pointer = np.zeros(len(place) + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=len(place)), out=pointer[1:])
        stamp = stamps.mixed(
            self._account_hash[account],
            self._identifier_hash[identifier],
            *(held[name].to_numpy() for name in ("first", "last", "count")),
            stamps.summed(owner, stamps.mixed(bucket), len(place)),
        )
        table = {
            "a": texts_of(account, self.account_uids),
            "b": texts_of(identifier, self.identifier_uids),
            "first": held["first"],
            "last": held["last"],
            "count": held["count"],
            "hours": pa.LargeListArray.from_arrays(pa.array(pointer), pa.array(bucket)),
        }
        return _relationships("USED", "load_used", stamp, table)

    def _linked(self) -> Relationships:
        links = self.graph.links
        return self._evidenced("LINKED", links, self.graph.evidence, "link", {})

    def _joined(self) -> Relationships:
        joins = self.graph.joins
        sizes = {"size_a": joins["size_a"], "size_b": joins["size_b"]}
        return self._evidenced("JOINED", joins, self.graph.join_evidence, "join", sizes)

    def _evidenced(
        self, type_: str, pairs: pa.Table, evidence: pa.Table, owner: str, more: dict[str, Any]
    ) -> Relationships:
        """Pairs of accounts with their lines of evidence as lists side by side, strongest first."""
        a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
        count = len(a)
        line, identifier = evidence[owner].to_numpy(), evidence["identifier"].to_numpy()
        bits = evidence["bits"].to_numpy()
        order = np.lexsort((identifier, -bits, line))
        line, identifier, bits = line[order], identifier[order], bits[order]
        pointer = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(line, minlength=count), out=pointer[1:])
        times = {name: evidence[name].to_numpy()[order] for name in ("first", "last", "count")}
        families = self._families(line, identifier, bits, count)
        lines = stamps.mixed(self._identifier_hash[identifier], *times.values())
        stamp = stamps.mixed(
            self._account_hash[a],
            self._account_hash[b],
            np.floor(pairs["bits"].to_numpy() / BITS_STEP).astype(np.int64),
            families,
            stamps.summed(line, lines, count),
        )

        def listed(values: pa.Array) -> pa.LargeListArray:
            return pa.LargeListArray.from_arrays(pa.array(pointer), values)

        names = [str(family) for family in FAMILY_NUMBER]
        told = [
            sorted(name for at, name in enumerate(names) if mask >> at & 1) for mask in range(1 << len(names))
        ]
        table = {
            "a": texts_of(a, self.account_uids),
            "b": texts_of(b, self.account_uids),
            "bits": pairs["bits"],
            "families": pa.array([told[mask] for mask in families.tolist()], pa.list_(pa.string())),
            "identifiers": listed(texts_of(identifier, self.identifier_uids)),
            "line_bits": listed(pa.array(bits)),
            "firsts": listed(pa.array(times["first"])),
            "lasts": listed(pa.array(times["last"])),
            "counts": listed(pa.array(times["count"])),
            **more,
        }
        return _relationships(type_, "load_relationships", stamp, table)

    def _families(
        self, line: npt.NDArray[Any], identifier: npt.NDArray[Any], bits: npt.NDArray[Any], count: int
    ) -> npt.NDArray[np.int64]:
        """The families that count towards a link, as a number of bits, one a family."""
        place = {str(family): at for at, family in enumerate(FAMILY_NUMBER)}
        table = self.graph.identifiers
        family = np.array([place[name] for name in table["family"].to_pylist()], dtype=np.int64)
        supporting = np.array(table["supporting"].to_pylist(), dtype=np.bool_)
        counted = (
            (bits >= FAMILY_FLOOR) & ~supporting[identifier]
            if len(identifier)
            else np.zeros(0, dtype=np.bool_)
        )
        mask = np.zeros(count, dtype=np.int64)
        np.bitwise_or.at(mask, line[counted], np.int64(1) << family[identifier[counted]])
        return mask

    def _starred(self) -> Relationships:
        members = self.graph.star_members
        account, star = members["account"].to_numpy(), members["star"].to_numpy()
        bits = members["bits"].to_numpy()
        stamp = stamps.mixed(
            self._account_hash[account], self._star_hash[star], np.floor(bits / BITS_STEP).astype(np.int64)
        )
        table = {
            "a": texts_of(account, self.account_uids),
            "b": texts_of(star, self.star_uids),
            "bits": pa.array(bits),
        }
        return _relationships("LINKED", "load_relationships", stamp, table)

    def _rests(self) -> Relationships:
        first, second = self.graph.stars["first"].to_numpy(), self.graph.stars["second"].to_numpy()
        star = np.arange(len(first))
        double = second >= 0
        start, end = np.concatenate([star, star[double]]), np.concatenate([first, second[double]])
        table = {"a": texts_of(start, self.star_uids), "b": texts_of(end, self.identifier_uids)}
        stamp = stamps.mixed(self._star_hash[start], self._identifier_hash[end])
        return _relationships("RESTS_ON", "load_relationships", stamp, table)


def nodes_of(label: str, uids: list[str], states: list[Row]) -> Nodes:
    """Nodes of one label from their rows."""
    return _nodes(label, uids, states, None)


def relationships_of(type_: str, table: dict[str, Any]) -> Relationships:
    """Relationships of one type from a table with their ends `a` and `b`, uids."""
    return _relationships(type_, "load_relationships", _row_stamps(table), table)


def _row_stamps(table: dict[str, Any]) -> stamps.UInts:
    found = [stamps.of_row(row) for row in rows(pa.table(table))]
    return np.array(found, dtype=np.int64).view(np.uint64)


def _keys(graph: RunGraph, sealer: Sealer | None) -> list[str]:
    keys: list[str] = graph.identifiers["key"].to_pylist()
    if sealer is None:
        return keys
    personal = set(pc.filter(graph.kinds["name"], graph.kinds["personal"]).to_pylist())
    kinds = graph.identifiers["kind"].to_pylist()
    return [
        sealer.fingerprint(kind, key) if kind in personal else key
        for kind, key in zip(kinds, keys, strict=True)
    ]


def _nodes(label: str, uids: list[str], states: pa.Table | list[Row], kinds: list[str] | None) -> Nodes:
    if isinstance(states, pa.Table):
        stamp = stamps.signed(stamps.of_table(states))
    else:
        stamp = np.array([stamps.of_row(state) for state in states], dtype=np.int64)
    return Nodes(label, uids, kinds, stamp, states)


def _relationships(type_: str, statement: str, stamp: stamps.UInts, table: dict[str, Any]) -> Relationships:
    """Each once: equal fingerprints are equal relationships."""
    named = stamps.mixed(
        np.full(len(stamp), stamps.of_row({"type": type_, "to": statement}), dtype=np.int64), stamp
    )
    held = stamps.signed(named)
    whole = pa.table({**table, "stamp": pa.array(held)})
    items = np.zeros(len(held), dtype=np.int64)
    for column in whole.columns:
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            items += pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    _, first = np.unique(held, return_index=True)
    chosen = np.sort(first)
    if len(chosen) < len(held):
        whole, held, items = whole.take(pa.array(chosen)), held[chosen], items[chosen]
    return Relationships(type_, statement, held, whole, items)


def texts_of(index: npt.NDArray[Any], texts: list[str]) -> pa.DictionaryArray:
    """Texts by their numbers, each stored once."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(texts, pa.string()))
