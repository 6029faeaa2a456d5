"""Campaigns as nodes and relationships: rings are parts of them, accounts take part in them."""

from __future__ import annotations

from collections.abc import Iterator

from linkage.engine.base import Judged
from linkage.engine.neo4j.elements import (
    Nodes,
    Relationships,
    account_uid,
    nodes_of,
    relationships_of,
    ring_uid,
)
from linkage.engine.neo4j.values import rows


def campaign_uid(campaign_id: str) -> str:
    """The name of a campaign's node."""
    return f"c:{campaign_id}"


def campaign_nodes(judged: Judged) -> Nodes:
    """Campaigns, with their texts as JSON."""
    states = rows(judged.campaigns)
    return nodes_of("Campaign", [campaign_uid(row["campaign_id"]) for row in states], states)


def campaign_relationships(judged: Judged) -> Iterator[Relationships]:
    """PART_OF from rings, TAKES_PART_IN from accounts."""
    for type_, table, name, uid in (
        ("PART_OF", judged.campaign_rings, "ring_id", ring_uid),
        ("TAKES_PART_IN", judged.campaign_accounts.drop_columns(["ring_id"]), "account_id", account_uid),
    ):
        yield relationships_of(
            type_,
            {
                "a": [uid(item) for item in table[name].to_pylist()],
                "b": [campaign_uid(item) for item in table["campaign_id"].to_pylist()],
                **{
                    column: table[column]
                    for column in table.column_names
                    if column not in ("campaign_id", name)
                },
            },
        )
