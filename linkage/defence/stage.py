"""The stage that defends: for each ring what its members rest on and what would change its verdict, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from linkage.communities.graph import Graph
from linkage.communities.rounds import Joins
from linkage.defence.bridges import Bridge, bridges
from linkage.defence.keystones import Keystone, keystones
from linkage.defence.members import Borderline, borderline
from linkage.defence.parts import Split, infrastructure, joining
from linkage.defence.ties import ties_of
from linkage.defence.verdicts import verdict_reports
from linkage.links.holdings import IntArray
from linkage.links.linking import LinkGraph
from linkage.scoring.calibration import Calibration
from linkage.settings import Settings
from linkage.warehouse import Warehouse

Named = Callable[[int], dict[str, Any]]


@dataclass(frozen=True)
class Held:
    """What holds each ring together, by its number: see the modules of these names."""

    keystones: dict[int, list[Keystone]]
    bridges: dict[int, list[Bridge]]
    borderline: dict[int, tuple[int, list[Borderline]]]
    parts: dict[int, Split]


def held_together(linked: LinkGraph, graph: Graph, joins: Joins, ring: IntArray) -> Held:
    """What holds the rings of a graph together; `ring` of each vertex, −1 for none. No verdict has a part in it."""
    family = linked.kinds.family[linked.holdings.kind]
    ties = ties_of(graph, joins, linked.rule, ring, family)
    chosen = joining(linked.rarity.links, linked.kinds.support[linked.holdings.kind], family)
    return Held(
        keystones=keystones(ties),
        bridges=bridges(ties),
        borderline=borderline(ties, family),
        parts=infrastructure(linked.holdings, ring[: graph.accounts], chosen),
    )


def defend(
    warehouse: Warehouse,
    settings: Settings,
    linked: LinkGraph,
    graph: Graph,
    held: Held,
    identifiers: pa.Table,
    calibration: Calibration,
) -> pa.Table:
    """ring_id, `defence` (a JSON object), sorted by id; times and work are near-linear in the edges inside rings.

    Reads `ring_feature`, `ring_verdict` and `account`; `held` is of the rings in `ring_feature` at least, `identifiers`
    the table of the run's graph. `defence` has: `keystones` (kind, key, caption, ties, pieces, sizes, alone), `bridges`
    (small, large, bits, needed, edges, a, b, edge_bits, lines), `borderline` (count, members: account, bits, above,
    edges, rests_on), `parts` (count, loose, parts: size, values), and `story`, `changes` and `together` (see
    `linkage.defence.verdicts`). Keys are as the tables have them: personal data where the kind is.
    """
    features = warehouse.arrow("SELECT * FROM ring_feature ORDER BY ring")
    names = warehouse.arrow("SELECT ring, ring_id FROM ring_verdict ORDER BY ring")
    rings = features["ring"].to_pylist()
    account = _accounts(warehouse)
    named = _namer(identifiers)
    vertex = _vertices(account, graph, linked, named)
    found = []
    reports = verdict_reports(features, settings.rings.flag_score, calibration)
    for ring, report in zip(rings, reports, strict=True):
        count, members = held.borderline.get(ring, (0, []))
        found.append(
            {
                "keystones": [
                    {
                        **named(one.identifier),
                        "ties": one.ties,
                        "pieces": one.pieces,
                        "sizes": list(one.sizes),
                        "alone": one.alone,
                    }
                    for one in held.keystones.get(ring, [])
                ],
                "bridges": [
                    {
                        "small": one.small,
                        "large": one.large,
                        "bits": round(one.bits, 2),
                        "needed": round(one.needed, 2),
                        "edges": one.edges,
                        "a": vertex(one.a),
                        "b": vertex(one.b),
                        "edge_bits": round(one.edge_bits, 2),
                        "lines": [{**named(what), "bits": round(bits, 2)} for what, bits in one.lines],
                    }
                    for one in held.bridges.get(ring, [])
                ],
                "borderline": {
                    "count": count,
                    "members": [
                        {
                            "account": account[one.account],
                            "bits": round(one.bits, 2),
                            "above": round(one.above, 2),
                            "edges": one.edges,
                            "rests_on": named(one.rests_on) if one.rests_on >= 0 else None,
                        }
                        for one in members
                    ],
                },
                "parts": _parts(held.parts[ring], named),
                **report,
            }
        )
    of_ring = dict(zip(names["ring"].to_pylist(), names["ring_id"].to_pylist(), strict=True))
    table = pa.table(
        {
            "ring_id": pa.array([of_ring[ring] for ring in rings], pa.string()),
            "defence": pa.array([json.dumps(one, ensure_ascii=False) for one in found], pa.string()),
        }
    )
    return table.sort_by("ring_id")


def _parts(split: Split, named: Named) -> dict[str, Any]:
    return {
        "count": split.count,
        "loose": split.loose,
        "parts": [
            {"size": part.size, "values": [{**named(what), "members": count} for what, count in part.values]}
            for part in split.parts
        ],
    }


def _accounts(warehouse: Warehouse) -> list[str]:
    names: list[str] = warehouse.arrow("SELECT account_id FROM account ORDER BY account")[
        "account_id"
    ].to_pylist()
    return names


def _namer(identifiers: pa.Table) -> Named:
    kind, key, caption = (identifiers[name] for name in ("kind", "key", "caption"))

    def named(identifier: int) -> dict[str, Any]:
        return {
            "kind": kind[identifier].as_py(),
            "key": key[identifier].as_py(),
            "caption": caption[identifier].as_py(),
        }

    return named


def _vertices(
    account: list[str], graph: Graph, linked: LinkGraph, named: Named
) -> Callable[[int], dict[str, Any]]:
    """What a vertex is: an account, or the identifiers of a star, which stands for all who hold them."""

    def vertex(number: int) -> dict[str, Any]:
        if number < graph.accounts:
            return {"account": account[number]}
        star = number - graph.accounts
        both = (int(linked.stars.first[star]), int(linked.stars.second[star]))
        return {"star": [named(one) for one in both if one >= 0]}

    return vertex
