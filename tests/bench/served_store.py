"""A store of any size, written straight through the port: accounts, one large ring, many small ones."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.communities.graph import Graph
from linkage.engine.base import Judged, RunGraph
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.identifiers.registry import FAMILY_NUMBER, KINDS
from linkage.model import RunRecord

SMALL = 10
PARAMETERS = {
    "threshold": 16.5, "prior": -12.0, "min_families": 2, "discount": [0.5] * len(FAMILY_NUMBER), "as_of_hour": 490_900,
}  # fmt: skip


def open_store(folder: Path, uri: str | None) -> EmbeddedEngine | Neo4jEngine:
    """The engine over the folder, or over a server whose user and password are in the environment."""
    if uri is None:
        return EmbeddedEngine(folder)
    user, password = os.environ.get("LINKAGE_NEO4J_USER", "neo4j"), os.environ["LINKAGE_NEO4J_PASSWORD"]
    return Neo4jEngine(Login(uri, user, password), folder)


def write_store(
    folder: Path, accounts: int, large: int, small_rings: int, uri: str | None = None, *, reuse: bool = False
) -> str:
    """Publishes one run of so many accounts; the id of its large ring.

    A server must hold no runs yet, unless it is to `reuse` what an earlier call wrote there.
    """
    engine = open_store(folder, uri)
    # Not by what is published, which must be told in seconds: a server that has just started takes longer.
    known = [run.run_id for run in engine.runs()]
    if reuse and known == ["bench"]:
        return "ring_00000"
    if known:
        raise SystemExit(f"{uri} holds runs already: the benchmark wants an empty database")
    now = datetime.now(UTC)
    run = RunRecord("bench", "published", now, now, now, parameters=PARAMETERS)
    engine.begin(replace(run, status="running", finished_at=None))
    engine.load(run, store_graph(accounts, large, small_rings))
    engine.publish(run, store_judged(large, small_rings))
    return "ring_00000"


def _ids(accounts: int) -> list[str]:
    return [f"acct_{number:08}" for number in range(accounts)]


def _rings(large: int, small_rings: int) -> np.ndarray:
    return np.concatenate([np.zeros(large, int), np.repeat(np.arange(1, small_rings + 1), SMALL)])


def store_graph(accounts: int, large: int, small_rings: int) -> RunGraph:
    """The graph of so many accounts: small rings linked in pairs, the large one a star, all others alone."""
    ring_of = _rings(large, small_rings)
    members = len(ring_of)
    number = np.arange(accounts)
    created = np.datetime64("2026-01-01", "us") + (number * 7919 % 10_000_000).astype("timedelta64[s]")
    countries = np.array(["US", "DE", "IN", "BR"])[number % 4]
    kinds = ["card", "ip", "template"]
    rings = small_rings + 1
    sizes = np.bincount(ring_of)
    identifiers = pa.table(
        {
            "identifier": pa.array(np.arange(rings * 3), pa.int32()),
            "kind": [kinds[n // rings] for n in range(rings * 3)],
            "kind_number": pa.array([n // rings for n in range(rings * 3)], pa.int32()),
            "key": [f"key_{n:07}" for n in range(rings * 3)],
            "accounts": np.tile(sizes, 3),
            "family": [("payment", "network", "content")[n // rings] for n in range(rings * 3)],
            "supporting": [False] * (rings * 3),
            "caption": [f"…{n:04}" for n in range(rings * 3)],
            "degree": np.tile(sizes, 3).astype(float),
            "strength": np.full(rings * 3, np.nan),
            "links": [True] * (rings * 3),
            "near_proof": [False] * (rings * 3),
            "reason": [""] * (rings * 3),
        }
    )
    holding_account = np.tile(np.arange(members), 3)
    first = 490_000 + holding_account % 500
    holdings = pa.table(
        {
            "account": pa.array(holding_account, pa.int32()),
            "identifier": pa.array(np.concatenate([ring_of + k * rings for k in range(3)]), pa.int32()),
            "first": pa.array(first, pa.int32()),
            "last": pa.array(first + 300, pa.int32()),
            "count": pa.array(holding_account % 50 + 1, pa.int64()),
        }
    )
    # Inside small rings all pairs; the large one is a star.
    left, right = np.triu_indices(SMALL, 1)
    starts = large + np.arange(small_rings) * SMALL
    a, b = (np.add.outer(starts, side).ravel() for side in (left, right))
    link = np.arange(len(a))
    links = pa.table(
        {"link": link, "a": pa.array(a, pa.int32()), "b": pa.array(b, pa.int32()), "bits": 20.0 + link % 40}
    )
    evidence = pa.table(
        {
            "link": np.repeat(link, 3),
            "identifier": pa.array((ring_of[a][:, None] + np.arange(3) * rings).ravel(), pa.int32()),
            "bits": np.tile([12.0, 8.0, 4.0], len(link)),
            "first": pa.array(np.full(len(link) * 3, 490_000), pa.int32()),
            "last": pa.array(np.full(len(link) * 3, 490_500), pa.int32()),
            "count": np.full(len(link) * 3, 5),
        }
    )
    # The large ring is one block on a card and a text.
    stars = {"star": [0], "first": [0], "second": [2 * rings]}
    spokes = {"star": np.zeros(large, int), "account": np.arange(large), "bits": np.full(large, 24.0)}
    nobody = np.zeros(0)
    lines = dict.fromkeys(("join", "identifier", "bits", "first", "last", "count"), nobody)
    return RunGraph(
        accounts=pa.table(
            {
                "account": pa.array(number, pa.int32()),
                "account_id": _ids(accounts),
                "created_at": pa.array(created),
                "status": np.where(number % 50 == 0, "banned", "active"),
                "plan": np.where(number % 3 == 0, "pro", "free"),
                "pathway": ["api"] * accounts,
                "org_id": pa.nulls(accounts, pa.string()),
                "country": countries,
                "known": [True] * accounts,
            }
        ),
        identifiers=identifiers,
        holdings=holdings,
        hours=_table({"account": nobody, "identifier": nobody, "bucket": nobody}),
        value_counts=_table(
            {
                "account": np.tile(np.arange(members), 3),
                "kind": np.repeat(np.arange(3), members),
                "values": np.ones(members * 3, int),
            }
        ),
        kinds=_kinds(kinds, members),
        links=links,
        evidence=evidence,
        stars=_table(stars),
        star_members=_table(spokes),
        joins=_table(dict.fromkeys(("join", "a", "b", "size_a", "size_b", "bits"), nobody)),
        join_evidence=_table(lines),
        graph=_no_graph(),
    )


def _table(columns: dict[str, Any]) -> pa.Table:
    """Numbers, bits as they are and all others as 32-bit integers."""
    types = {name: pa.float64() if name == "bits" else pa.int32() for name in columns}
    return pa.table({name: pa.array(np.asarray(given), types[name]) for name, given in columns.items()})


def _kinds(names: list[str], total: int) -> pa.Table:
    built = [KINDS[name] for name in names]
    return pa.table(
        {
            "kind": pa.array(range(len(names)), pa.int32()),
            "name": names,
            "personal": [kind.personal or kind.sealed for kind in built],
            "title": [kind.title for kind in built],
            "family": pa.array([FAMILY_NUMBER[kind.family] for kind in built], pa.uint8()),
            "m": [kind.m for kind in built],
            "cap": [kind.cap for kind in built],
            "window": pa.array([2**31 - 1] * len(names), pa.int32()),
            "half_life": [float("inf")] * len(names),
            "near_proof": [False] * len(names),
            "support": [False] * len(names),
            "commonness": [False] * len(names),
            "total": [float(total)] * len(names),
        }
    )


def _no_graph() -> Graph:
    # Nothing is partitioned here.
    made: Any = None
    return made


def store_judged(large: int, small_rings: int) -> Judged:
    """What the rings of `store_graph` came to."""
    ring_of = _rings(large, small_rings)
    names = np.array([f"ring_{n:05}" for n in range(small_rings + 1)])
    score = (np.arange(small_rings + 1) * 37 % 100) / 100.0
    score[0] = 0.999
    flagged = score > 0.9
    verdict = np.where(flagged, "flagged", "unexplained")
    seen = np.datetime64("2026-05-01", "us") + np.arange(small_rings + 1).astype("timedelta64[h]")
    count = small_rings + 1
    return Judged(
        memberships=pa.table(
            {
                "account_id": _ids(len(ring_of)),
                "ring_id": names[ring_of],
                "ring_score": score[ring_of],
                "verdict": verdict[ring_of],
                "flagged": flagged[ring_of],
                "role": ["member"] * len(ring_of),
            }
        ),
        rings=pa.table(
            {
                "ring_id": names,
                "size": np.bincount(ring_of),
                "score": score,
                "verdict": verdict,
                "story": [""] * count,
                "flagged": flagged,
                "first_seen": pa.array(seen),
                "last_seen": pa.array(seen + np.timedelta64(300, "h")),
                "top_reasons": ["[]"] * count,
                "parent_ids": ["[]"] * count,
                "members": np.bincount(ring_of),
            }
        ),
        changes=pa.table(
            {
                "ring_id": names,
                "event": ["born"] * count,
                "run_id": ["bench"] * count,
                "previous_ids": ["[]"] * count,
                "accounts_added": np.bincount(ring_of),
                "accounts_removed": np.zeros(count, int),
            }
        ),
        details=pa.table(
            {
                "ring_id": names,
                "reasons": ["[]"] * count,
                "stories": ["[]"] * count,
                "shared": ["[]"] * count,
                "defence": ["{}"] * count,
            }
        ),
    )
