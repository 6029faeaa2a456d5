"""Rings as a few edges with their lines of evidence, written out by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from linkage.communities.graph import NO_FAMILY, Graph
from linkage.communities.rounds import Joins, _concatenated
from linkage.defence.ties import Ties, ties_of
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.kernels import FAMILIES
from linkage.links.rarity import LinkRule

THRESHOLD = 20.0
DISCOUNT = 0.3

Edge = tuple[int, int, Mapping[str, float]]


def rule(min_families: int = 2) -> LinkRule:
    """20 bits from two families; further lines of a family at 0.3."""
    return LinkRule(
        prior=-16.0, threshold=THRESHOLD, min_families=min_families, discount=np.full(FAMILIES, DISCOUNT)
    )


def summed(lines: Mapping[str, float]) -> float:
    """The bits of an edge: the best line of a family in full, the others at the discount."""
    families: dict[str, list[float]] = {}
    for name, bits in lines.items():
        families.setdefault(name.split("_")[0], []).append(bits)
    return sum(max(one) + DISCOUNT * (sum(one) - max(one)) for one in families.values())


def tied(
    edges: Sequence[Edge],
    *,
    stars: int = 0,
    ring: Sequence[int] | None = None,
    proof: Sequence[str] = (),
    support: Sequence[str] = (),
) -> tuple[Ties, list[str], np.ndarray]:
    """The ties of edges whose lines are named `family_what`; the names, by number; and their families.

    Vertices from the last one of `stars` on are stars; all are in ring 0 unless `ring` says otherwise.
    """
    names = sorted({name for _, _, lines in edges for name in lines})
    vertices = max(max(a, b) for a, b, _ in edges) + 1
    family = np.array([FAMILY_NUMBER[Family(name.split("_")[0])] for name in names], dtype=np.uint8)
    graph = Graph(
        accounts=vertices - stars,
        stars=stars,
        source=np.array([a for a, _, _ in edges], dtype=np.int32),
        target=np.array([b for _, b, _ in edges], dtype=np.int32),
        bits=np.array([summed(lines) for _, _, lines in edges]),
        edge=np.array([at for at, (_, _, lines) in enumerate(edges) for _ in lines], dtype=np.int64),
        identifier=np.array([names.index(name) for _, _, lines in edges for name in lines], dtype=np.int32),
        line_bits=np.array([bits for _, _, lines in edges for bits in lines.values()]),
        whole=np.zeros(len(edges), dtype=np.bool_),
        family=np.where([name in support for name in names], NO_FAMILY, family).astype(np.uint8),
        near_proof=np.array([name in proof for name in names]),
        min_families=2,
    )
    of_vertex = np.zeros(vertices, dtype=np.int32) if ring is None else np.array(ring, dtype=np.int32)
    none: Joins = _concatenated([])
    return ties_of(graph, none, rule(), of_vertex, family), names, family
