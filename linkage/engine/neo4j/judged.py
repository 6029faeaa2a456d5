"""What judging adds to the graph: rings and campaigns with their relationships, personal keys keyed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from linkage.engine.base import Judged
from linkage.engine.neo4j.campaigned import campaign_nodes, campaign_relationships
from linkage.engine.neo4j.elements import (
    GraphElements,
    Nodes,
    Relationships,
    judged_nodes,
    judged_relationships,
)
from linkage.engine.neo4j.ringed import count_rings
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
        [judged_nodes(judged, counts), campaign_nodes(judged)],
        [
            *judged_relationships(judged, run_id, counts, elements.graph.accounts, elements.identifier_uids),
            *campaign_relationships(judged),
        ],
    )
