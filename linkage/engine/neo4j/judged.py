"""What judging adds to the graph: rings and campaigns with their relationships, personal keys keyed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from linkage.engine.base import Judged
from linkage.engine.neo4j.campaigned import campaign_nodes, campaign_relationships
from linkage.engine.neo4j.elements import (
    GraphElements,
    Nodes,
    Relationships,
    account_uid,
    nodes_of,
    relationships_of,
    ring_uid,
    run_uid,
    texts_of,
)
from linkage.engine.neo4j.membered import member_places
from linkage.engine.neo4j.ringed import RingCounts, count_rings
from linkage.engine.neo4j.sealing import sealed_json
from linkage.engine.neo4j.values import rows
from linkage.identifiers.keys import Sealer


@dataclass(frozen=True)
class JudgedElements:
    """Nodes and relationships of what was judged, and the tables that they were made from."""

    judged: Judged
    nodes: list[Nodes]
    relationships: list[Relationships]


def judged_elements(
    judged: Judged, run_id: str, elements: GraphElements, sealer: Sealer | None
) -> JudgedElements:
    """All that `judged` adds to the graph of `elements`; without a `sealer` keys stay as the tables have them."""
    personal = {row["name"] for row in rows(elements.graph.kinds) if row["personal"]}
    judged = replace(
        judged,
        details=sealed_json(judged.details, "defence", sealer, personal),
        campaigns=sealed_json(judged.campaigns, "identifiers", sealer, personal),
    )
    counts = count_rings(elements.graph, judged)
    return JudgedElements(
        judged,
        [_ring_nodes(judged, counts), campaign_nodes(judged)],
        [
            *_relationships(judged, run_id, counts, elements.graph.accounts, elements.identifier_uids),
            *campaign_relationships(judged),
        ],
    )


def _ring_nodes(judged: Judged, counts: RingCounts) -> Nodes:
    """Rings, with what people read of them and what is counted over their accounts."""
    details = {row.pop("ring_id"): row for row in rows(judged.details)}
    states = [
        {**row, **details.get(row["ring_id"], {}), **counts.states.get(row["ring_id"], {})}
        for row in rows(judged.rings)
    ]
    return nodes_of("Ring", [ring_uid(row["ring_id"]) for row in states], states)


def _relationships(
    judged: Judged, run_id: str, counts: RingCounts, accounts: pa.Table, identifier_uids: list[str]
) -> Iterator[Relationships]:
    """MEMBER_OF, SHARES, and what became of each ring since the run before: CHANGED, from the run to the ring."""
    members = judged.memberships
    a = [account_uid(item) for item in members["account_id"].to_pylist()]
    b = [ring_uid(item) for item in members["ring_id"].to_pylist()]
    table: dict[str, Any] = {"a": a, "b": b, "role": members["role"], "flagged": members["flagged"]}
    table |= member_places(members, accounts)
    table |= {name: members[name] for name in ("campaign_id",) if name in members.column_names}
    yield relationships_of("MEMBER_OF", table)
    shares = counts.shares
    table = {
        "a": [ring_uid(item) for item in shares["ring_id"].to_pylist()],
        "b": texts_of(shares["identifier"].to_numpy(), identifier_uids),
        "members": shares["members"],
    }
    yield relationships_of("SHARES", table)
    changes = judged.changes
    table = {
        "a": [run_uid(run_id)] * changes.num_rows,
        "b": [ring_uid(item) for item in changes["ring_id"].to_pylist()],
    }
    table |= {name: changes[name] for name in changes.column_names}
    yield relationships_of("CHANGED", table)
