"""What holds rings together, as arrays: the edges inside them, their evidence, and what each edge cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from linkage.communities.attach import MOST_PRIOR
from linkage.communities.cut import FREE_SIZE, charge
from linkage.communities.graph import NO_FAMILY, Graph
from linkage.communities.rounds import Joins
from linkage.links.holdings import BoolArray, ByteArray, FloatArray, IntArray, LongArray
from linkage.links.kernels import FAMILIES
from linkage.links.rarity import FAMILY_FLOOR, LinkRule, families_bits, proves


@dataclass(frozen=True, eq=False)
class Ties:
    """The edges inside rings, and the lines of evidence that they rest on.

    `ring` is the ring of each vertex (−1: none); vertices are accounts, then stars. `margin` is what an edge has above
    what it needs, in bits. `edge`, `identifier` and `line_bits` list the lines; `critical` says whether the line's edge
    would not stand without it. `own_family` is the family of each identifier, NO_FAMILY for what only supports.
    """

    accounts: int
    ring: IntArray
    source: IntArray
    target: IntArray
    bits: FloatArray
    margin: FloatArray
    edge: LongArray
    identifier: IntArray
    line_bits: FloatArray
    critical: BoolArray
    own_family: ByteArray
    rule: LinkRule

    @property
    def rings(self) -> int:
        """One more than the greatest number of a ring."""
        return int(self.ring.max(initial=-1)) + 1

    @property
    def of_ring(self) -> IntArray:
        """The ring of each edge."""
        return self.ring[self.source]


def ties_of(graph: Graph, joins: Joins, rule: LinkRule, ring: IntArray, family: ByteArray) -> Ties:
    """The ties of rings. `ring` of each vertex, −1 for none; `family` of each identifier, supporting kinds included."""
    inside = (ring[graph.source] >= 0) & (ring[graph.source] == ring[graph.target])
    kept = np.flatnonzero(inside)
    number = np.full(len(graph.source), -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    lines = np.flatnonzero(inside[graph.edge])
    edge, identifier = number[graph.edge[lines]], graph.identifier[lines]
    margin = _margin(graph, joins, rule)[kept]
    bits = graph.line_bits[lines]
    return Ties(
        accounts=graph.accounts,
        ring=ring,
        source=graph.source[kept],
        target=graph.target[kept],
        bits=graph.bits[kept],
        margin=margin,
        edge=edge,
        identifier=identifier,
        line_bits=bits,
        critical=_critical(graph, rule, margin, edge, identifier, bits, family),
        own_family=graph.family,
        rule=rule,
    )


def _margin(graph: Graph, joins: Joins, rule: LinkRule) -> FloatArray:
    """Bits of each edge above its need: the threshold, and for groups joined as wholes the tries of both sides."""
    margin = graph.bits - rule.threshold
    first = len(margin) - len(joins)
    low, high = np.minimum(joins.size_a, joins.size_b), np.maximum(joins.size_a, joins.size_b)
    as_wholes = margin[first:] - charge(low) - charge(high)
    # One or two accounts that a group takes in: its size speaks for it.
    prior = np.minimum(np.log2(np.maximum(high, 1)), MOST_PRIOR)
    taken_in = np.where((low < FREE_SIZE) & (low != high), margin[first:] + prior, -np.inf)
    margin[first:] = np.maximum(as_wholes, taken_in)
    # The edge stands, so it had what it needed.
    return np.maximum(margin, 0.0)


def _critical(
    graph: Graph,
    rule: LinkRule,
    margin: FloatArray,
    edge: LongArray,
    identifier: IntArray,
    bits: FloatArray,
    family: ByteArray,
) -> BoolArray:
    """Whether each line's edge falls below what it needs without the line: in bits, or in families."""
    edges = len(margin)
    positive = np.maximum(bits, 0.0)
    cell = edge * FAMILIES + family[identifier]
    total = np.bincount(cell, positive, minlength=edges * FAMILIES)
    best, second = two_best(cell, positive, edges * FAMILIES)
    discount = np.tile(rule.discount, edges)
    whole = families_bits(best, total - best, discount)
    leads = positive == best[cell]
    left_best = np.where(leads, second[cell], best[cell])
    left = families_bits(left_best, total[cell] - positive - left_best, discount[cell])
    short = margin[edge] - (whole[cell] - left) < 0.0
    counts = (bits >= FAMILY_FLOOR) & (graph.family[identifier] != NO_FAMILY)
    strong = np.bincount(cell[counts], minlength=edges * FAMILIES)
    families = (strong.reshape(edges, FAMILIES) > 0).sum(axis=1)
    proving = proves(graph.near_proof[identifier], bits)
    proof = np.bincount(edge[proving], minlength=edges)
    families_left = families[edge] - (counts & (strong[cell] == 1))
    proof_left = proof[edge] - proving
    lacks = (families_left < rule.min_families) & (proof_left <= 0)
    # An edge that stands by another rule than this one does not fall by it.
    ruled = (families[edge] >= rule.min_families) | (proof[edge] > 0)
    critical: BoolArray = short | (lacks & ruled)
    return critical


def two_best(cell: LongArray, value: FloatArray, cells: int) -> tuple[FloatArray, FloatArray]:
    """The greatest value of each cell and the next one (0 where there is none)."""
    best, second = _two_best(cell, value, cells)
    return np.where(np.isinf(best), 0.0, best), np.where(np.isinf(second), 0.0, second)


@njit(cache=True, nogil=True)
def _two_best(cell, value, cells):  # type: ignore[no-untyped-def]
    best = np.full(cells, -np.inf)
    second = np.full(cells, -np.inf)
    for at in range(len(cell)):
        where, what = cell[at], value[at]
        if what > best[where]:
            second[where] = best[where]
            best[where] = what
        elif what > second[where]:
            second[where] = what
    return best, second
