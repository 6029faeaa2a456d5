"""What is counted over a ring's accounts once a night, since a page cannot walk through 20,000 of them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from linkage.engine.base import Judged, RunGraph
from linkage.engine.neo4j.values import Row, rows
from linkage.warehouse import Warehouse


@dataclass(frozen=True)
class RingCounts:
    """`states`: by ring id its country and its days; `shares`: ring_id, identifier (its number), members."""

    states: dict[str, Row]
    shares: pa.Table


def count_rings(graph: RunGraph, judged: Judged) -> RingCounts:
    """Counts over the accounts of each ring."""
    with Warehouse.open(None) as warehouse:
        warehouse.register("account", graph.accounts, view=True)
        warehouse.register("holding", graph.holdings, view=True)
        warehouse.register("membership", judged.memberships, view=True)
        warehouse.run("ringed/member")
        warehouse.run("ringed/share")
        states: dict[str, Row] = {}
        for name in ("countries", "days"):
            for row in rows(warehouse.query(f"ringed/{name}")):
                states.setdefault(row.pop("ring_id"), {}).update(row)
        return RingCounts(states, warehouse.arrow("SELECT ring_id, identifier, members FROM share"))
