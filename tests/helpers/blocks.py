"""What small worlds have none of: blocks that are linked as stars, a join of groups, a hub; put into a real night."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from helpers.night import Night
from helpers.source import INNOCENT, RING

HUB = "one in two accounts that use it are tied by nothing else"


def with_blocks(night: Night) -> Night:
    """The night with two stars (three accounts on a card and a device, two on the card), a join, and a hub."""
    graph = night.graph
    number = {row["account_id"]: row["account"] for row in graph.accounts.to_pylist()}
    kinds = graph.identifiers["kind"].to_pylist()
    card, device, subnet = (kinds.index(kind) for kind in ("card", "device", "subnet"))
    identifiers = graph.identifiers
    for name, value in (("links", False), ("reason", HUB)):
        values = identifiers[name].to_pylist()
        values[subnet] = value
        place = identifiers.schema.get_field_index(name)
        identifiers = identifiers.set_column(
            place, name, pa.array(values, identifiers.schema.field(name).type)
        )
    starred = np.array([number[name] for name in (*RING[:3], RING[0], RING[5], INNOCENT[0])], np.int32)
    edges = graph.graph
    first, count = len(edges.source), len(starred)
    return replace(
        night,
        graph=replace(
            graph,
            # What is partitioned is what is stored: an engine may compare them.
            graph=replace(
                edges,
                stars=2,
                source=np.concatenate([edges.source, starred]),
                target=np.concatenate(
                    [edges.target, edges.accounts + np.array([0, 0, 0, 1, 1, 1], np.int32)]
                ).astype(np.int32),
                bits=np.concatenate([edges.bits, np.full(count, 30.0)]),
                edge=np.concatenate([edges.edge, np.arange(first, first + count)]),
                identifier=np.concatenate([edges.identifier, np.full(count, card, np.int32)]),
                line_bits=np.concatenate([edges.line_bits, np.full(count, 30.0)]),
                whole=np.concatenate([edges.whole, np.zeros(count, np.bool_)]),
            ),
            identifiers=identifiers,
            stars=pa.table(
                {
                    "star": pa.array([0, 1], pa.int32()),
                    "first": pa.array([min(card, device), card], pa.int32()),
                    "second": pa.array([max(card, device), -1], pa.int32()),
                }
            ),
            star_members=pa.table(
                {
                    "star": pa.array([0, 0, 0, 1, 1, 1], pa.int32()),
                    "account": starred,
                    "bits": pa.array([30.0, 29.0, 28.0, 27.0, 26.0, 25.0], pa.float64()),
                }
            ),
            joins=pa.table(
                {
                    "join": pa.array([0], pa.int32()),
                    "a": pa.array([number[RING[0]]], pa.int32()),
                    "b": pa.array([number[RING[4]]], pa.int32()),
                    "size_a": pa.array([4], pa.int32()),
                    "size_b": pa.array([3], pa.int32()),
                    "bits": pa.array([31.5], pa.float64()),
                }
            ),
            join_evidence=pa.table(
                {
                    "join": pa.array([0, 0], pa.int32()),
                    "identifier": pa.array([card, device], pa.int32()),
                    "bits": pa.array([20.0, 11.5], pa.float64()),
                    "first": pa.array([0, 490_000], pa.int32()),
                    "last": pa.array([0, 490_010], pa.int32()),
                    "count": pa.array([2, 5], pa.int64()),
                }
            ),
        ),
    )
