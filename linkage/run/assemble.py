"""From links to the tables that an engine keeps and that judging reads."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from linkage.communities.graph import Graph
from linkage.communities.rounds import Joins
from linkage.engine.base import Partition, RunGraph
from linkage.identifiers.registry import Kinds
from linkage.links.evidence import PairEvidence
from linkage.links.holdings import IntArray
from linkage.links.linking import LinkGraph
from linkage.run.context import Night
from linkage.warehouse import Warehouse


def assemble(warehouse: Warehouse, night: Night, linked: LinkGraph, graph: Graph, joins: Joins) -> RunGraph:
    """All tables of a run's graph, and the graph itself."""
    held = linked.holdings
    hours = np.diff(held.bucket_ptr)
    return RunGraph(
        accounts=warehouse.query("nightly/accounts"),
        identifiers=_identifiers(warehouse, night.kinds, linked),
        holdings=pa.table(
            {
                "account": held.owner,
                "identifier": held.identifier,
                "first": held.first,
                "last": held.last,
                "count": held.count,
            }
        ),
        hours=pa.table(
            {
                "account": np.repeat(held.owner, hours),
                "identifier": np.repeat(held.identifier, hours),
                "bucket": held.buckets,
            }
        ),
        value_counts=warehouse.arrow("SELECT account, kind, values FROM value_count ORDER BY account, kind"),
        kinds=_kinds(night.kinds, linked),
        links=pa.table(
            {
                "link": np.arange(len(linked.pairs), dtype=np.int64),
                "a": linked.pairs.a,
                "b": linked.pairs.b,
                "bits": linked.pairs.bits,
            }
        ),
        evidence=_lines(linked.evidence, "link"),
        stars=pa.table(
            {
                "star": np.arange(len(linked.stars), dtype=np.int32),
                "first": linked.stars.first,
                "second": linked.stars.second,
            }
        ),
        star_members=pa.table(
            {"star": linked.stars.star, "account": linked.stars.account, "bits": linked.stars.bits}
        ),
        joins=pa.table(
            {
                "join": np.arange(len(joins), dtype=np.int32),
                "a": joins.a,
                "b": joins.b,
                "size_a": joins.size_a,
                "size_b": joins.size_b,
                "bits": joins.bits,
            }
        ),
        join_evidence=_lines(joins.evidence, "join"),
        graph=graph,
    )


def rings_of(partition: Partition, accounts: int, min_size: int) -> IntArray:
    """The ring of each vertex, which is its community if that has enough accounts to be judged; −1 for the others."""
    size = np.bincount(
        partition.of_accounts(accounts), minlength=int(partition.community.max(initial=-1)) + 1
    )
    community = partition.community
    ring: IntArray = np.where(size[community] >= max(min_size, 2), community, -1).astype(np.int32)
    return ring


def register_judging(warehouse: Warehouse, linked: LinkGraph, partition: Partition, ring: IntArray) -> None:
    """The tables that judging reads: `member`, `link`, `star_member`, `density`; `ring` is that of `rings_of`."""
    accounts = linked.holdings.accounts
    community = partition.of_accounts(accounts)
    account = np.flatnonzero(ring[:accounts] >= 0).astype(np.int32)
    warehouse.register("member", pa.table({"account": account, "ring": ring[account]}))
    pairs = linked.pairs
    warehouse.register("link", pa.table({"a": pairs.a, "b": pairs.b, "bits": pairs.bits}))
    warehouse.register(
        "star_member",
        pa.table({"star": linked.stars.star, "account": linked.stars.account, "bits": linked.stars.bits}),
    )
    inner = community[pairs.a] == community[pairs.b]
    partners = np.bincount(np.concatenate([pairs.a[inner], pairs.b[inner]]), minlength=accounts)
    tied = np.flatnonzero(partners).astype(np.int32)
    warehouse.register(
        "density",
        pa.table(
            {
                "account": tied,
                "partners": partners[tied],
                "core": partition.density.core[tied],
                "clustering": partition.density.clustering[tied],
            }
        ),
    )


def _lines(found: PairEvidence, owner: str) -> pa.Table:
    """Evidence lines as a table; `owner` names what they belong to."""
    return pa.table(
        {
            owner: found.pair,
            "identifier": found.identifier,
            "bits": found.bits,
            "first": found.first,
            "last": found.last,
            "count": found.count,
        }
    )


def _identifiers(warehouse: Warehouse, kinds: Kinds, linked: LinkGraph) -> pa.Table:
    table = warehouse.query("nightly/identifiers")
    number = table["kind_number"].to_numpy()
    reason = np.full(table.num_rows, "", dtype=object)
    reason[linked.hubs.identifier] = linked.hubs.reason
    family = np.array([str(kind.family) for kind in kinds], dtype=object)[number] if len(number) else []
    captions = [
        kinds[kind].caption(key) for kind, key in zip(number.tolist(), table["key"].to_pylist(), strict=True)
    ]
    added = {
        "family": pa.array(family, pa.string()),
        "supporting": pa.array(linked.kinds.support[number], pa.bool_()),
        "caption": pa.array(captions, pa.string()),
        "degree": pa.array(linked.rarity.degree, pa.float64()),
        "strength": pa.array(linked.rarity.strength, pa.float64(), from_pandas=False),
        "links": pa.array(linked.rarity.links, pa.bool_()),
        "near_proof": pa.array(linked.rarity.near_proof, pa.bool_()),
        "reason": pa.array(reason, pa.string()),
    }
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def _kinds(kinds: Kinds, linked: LinkGraph) -> pa.Table:
    arrays = linked.kinds
    return pa.table(
        {
            "kind": np.arange(len(kinds), dtype=np.int32),
            "name": [kind.name for kind in kinds],
            "personal": [kind.personal or kind.sealed for kind in kinds],
            "title": [kind.title for kind in kinds],
            "family": arrays.family,
            "m": arrays.m,
            "cap": arrays.cap,
            "window": arrays.window,
            "half_life": arrays.half_life,
            "near_proof": arrays.near_proof,
            "support": arrays.support,
            "commonness": arrays.commonness,
            "total": linked.rarity.total,
        }
    )
