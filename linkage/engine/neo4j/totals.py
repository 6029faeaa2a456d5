"""What the node of a run holds besides its record: numbers to check a reading against, kinds, columns of its tables."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from linkage.engine.base import Judged, RunGraph
from linkage.engine.neo4j.values import rows
from linkage.engine.neo4j.view import pack_schema

_KEPT = ("memberships", "rings", "changes", "details", "campaigns", "campaign_rings", "campaign_accounts")
"""Tables whose columns a reader needs to know."""


def run_totals(graph: RunGraph, judged: Judged) -> dict[str, Any]:
    """Numbers of links, hubs, members, rings and changes; kinds and schemas as JSON."""
    return graph_totals(graph) | judged_totals(judged, pack_schema(graph.kinds.schema))


def graph_totals(graph: RunGraph) -> dict[str, Any]:
    """What is known when the graph is loaded."""
    return {
        "links": graph.links.num_rows,
        "hubs": int(np.count_nonzero(~np.array(graph.identifiers["links"].to_pylist(), dtype=np.bool_))),
        "kinds": json.dumps(rows(graph.kinds)),
    }


def judged_totals(judged: Judged, kinds_schema: str) -> dict[str, Any]:
    """What is known when the rings are judged."""
    schemas = {name: pack_schema(getattr(judged, name).schema) for name in _KEPT}
    return {
        "members": judged.memberships.num_rows,
        "rings": judged.rings.num_rows,
        "changes": judged.changes.num_rows,
        "campaigns": judged.campaigns.num_rows,
        "campaign_rings": judged.campaign_rings.num_rows,
        "campaign_accounts": judged.campaign_accounts.num_rows,
        "schemas": json.dumps(schemas | {"kinds": kinds_schema}),
    }
