"""The graph that is partitioned: accounts and stars as vertices, links and memberships as edges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from linkage.links.evidence import PairEvidence
from linkage.links.holdings import BoolArray, ByteArray, FloatArray, Holdings, IntArray, LongArray
from linkage.links.kernels import Pairs
from linkage.links.rarity import KindArrays, LinkRule, Rarity, typical_bits
from linkage.links.stars import Stars

NO_FAMILY = 255
"""Stands for the family of what only supports a link."""


@dataclass(frozen=True, eq=False)
class Origin:
    """What graphs have in common that were made of one by adding edges: its edges and lines, which come first."""

    edges: int
    lines: int


@dataclass(frozen=True, eq=False)
class Graph:
    """A graph is equal only to itself, and can be a key.

    Vertices are numbered: accounts in sorted order of their ids from 0, then the stars.

    Edges `source`, `target` (source < target, sorted) weigh `bits`. `edge`, `identifier` and `line_bits` list the
    evidence behind the edges: one line for each identifier that an edge rests on. `family` and `near_proof` say what
    each identifier is, and a cut stands unless `min_families` families lie across it, as for a link. `whole` says which
    edges join groups as wholes: their ends stand for the groups.
    """

    accounts: int
    stars: int
    source: IntArray
    target: IntArray
    bits: FloatArray
    edge: LongArray
    identifier: IntArray
    line_bits: FloatArray
    whole: BoolArray
    family: ByteArray
    near_proof: BoolArray
    min_families: int
    origin: Origin = field(init=False)

    def __post_init__(self) -> None:
        """A graph is its own origin, unless it is made by `with_joins`."""
        object.__setattr__(self, "origin", Origin(len(self.source), len(self.edge)))

    @property
    def vertices(self) -> int:
        """Accounts and stars."""
        return self.accounts + self.stars


def build_graph(
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    rule: LinkRule,
    pairs: Pairs,
    evidence: PairEvidence,
    stars: Stars,
) -> Graph:
    """Joins links and stars."""
    accounts = holdings.accounts
    star_bits = typical_bits(holdings, kinds, rarity)
    members = len(stars.account)
    star_edges = np.arange(members, dtype=np.int64) + len(pairs)
    second = stars.second[stars.star]
    double = second >= 0
    first = stars.first[stars.star]
    lines = np.concatenate([evidence.identifier, first, second[double]]).astype(np.int32)
    return Graph(
        accounts=accounts,
        stars=len(stars),
        source=np.concatenate([pairs.a, stars.account]).astype(np.int32),
        target=np.concatenate([pairs.b, accounts + stars.star]).astype(np.int32),
        bits=np.concatenate([pairs.bits, stars.bits]),
        edge=np.concatenate([evidence.pair, star_edges, star_edges[double]]),
        identifier=lines,
        line_bits=np.concatenate([evidence.bits, star_bits[first], star_bits[second[double]]]),
        whole=np.zeros(len(pairs) + members, dtype=np.bool_),
        family=np.where(kinds.support[holdings.kind], NO_FAMILY, kinds.family[holdings.kind]).astype(
            np.uint8
        ),
        near_proof=rarity.near_proof,
        min_families=rule.min_families,
    )


def with_joins(
    graph: Graph, a: IntArray, b: IntArray, bits: FloatArray, evidence: PairEvidence, *, whole: bool
) -> Graph:
    """The graph with further edges between accounts, `whole` or not; `evidence.pair` indexes them."""
    made = replace(
        graph,
        source=np.concatenate([graph.source, np.minimum(a, b)]).astype(np.int32),
        target=np.concatenate([graph.target, np.maximum(a, b)]).astype(np.int32),
        bits=np.concatenate([graph.bits, bits]),
        edge=np.concatenate([graph.edge, evidence.pair + len(graph.source)]),
        identifier=np.concatenate([graph.identifier, evidence.identifier]).astype(np.int32),
        line_bits=np.concatenate([graph.line_bits, evidence.bits]),
        whole=np.concatenate([graph.whole, np.full(len(a), whole)]),
    )
    object.__setattr__(made, "origin", graph.origin)
    return made
