"""Accounts that share what one party possesses, a card or a device, with a member of a ring.

One such value does not make a link: a link asks for two families. But where two families tie a group already, whoever
pays with a card of one of its members, or works on a member's machine, belongs to it: unlike an address or a text, a
card and a machine are not met by chance, so what is left to explain is only why it was lent, which is for the
judgement to say. And accounts on one card that are tied by nothing else are still one holder of all that they hold,
which as a whole may belong to a group (see `rounds`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from linkage.communities.graph import Graph, with_joins
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.evidence import PairEvidence, pair_evidence
from linkage.links.holdings import BoolArray, IntArray
from linkage.links.kernels import Pairs, find_pairs
from linkage.links.linking import BLOCK, LinkGraph, tie_rule

POSSESSIONS = (Family.PAYMENT, Family.DEVICE)
"""Families of which a value has one possessor. A text can be read, an address is a place, a code is passed on."""
MOST_TRIES = 4
"""Each time ties are left out, others may hang on nothing; two passes are the most that was seen."""


@dataclass(frozen=True)
class Ties:
    """Pairs of accounts that share a possession, and the values: too little for a link."""

    pairs: Pairs
    evidence: PairEvidence


def shared_possessions(linked: LinkGraph) -> Ties:
    """Pairs whose shared possessions have at least half of a link's bits (a value that thousands hold has not)."""
    numbers = [FAMILY_NUMBER[family] for family in POSSESSIONS]
    possessed = np.isin(linked.kinds.family[linked.holdings.kind], numbers)
    # Data of one family has nothing that could tie the rest of the group.
    if linked.rule.min_families < 2:
        possessed[:] = False
    rarity = replace(linked.rarity, links=linked.rarity.links & possessed)
    rule = replace(tie_rule(linked.rule), min_families=1)
    pairs = find_pairs(
        linked.holdings, linked.kinds, rarity, rule, block=BLOCK, as_of=linked.as_of, supporting=False
    )
    evidence = pair_evidence(linked.holdings, linked.kinds, rarity, pairs.a, pairs.b, as_of=linked.as_of)
    return Ties(pairs, evidence)


def with_ties(graph: Graph, ties: Ties) -> Graph:
    """The graph with the ties as edges."""
    if not len(ties.pairs):
        return graph
    return with_joins(graph, ties.pairs.a, ties.pairs.b, ties.pairs.bits, ties.evidence)


def kept_ties(graph: Graph, ties: Ties, cut: Callable[[Graph], IntArray]) -> Ties:
    """The ties that bring an account to a group that links or joins tie, one for each account that it brings.

    `cut` gives the communities of a graph. A tie that a cut parts, or that only such ties surround, is left out.
    """
    ties = _spanning(ties, cut(graph)[: graph.accounts])
    for _ in range(MOST_TRIES):
        community = cut(with_ties(graph, ties))
        proven = np.zeros(int(community.max(initial=-1)) + 1, dtype=np.bool_)
        proven[community[graph.source[community[graph.source] == community[graph.target]]]] = True
        a, b = community[ties.pairs.a], community[ties.pairs.b]
        kept = (a == b) & proven[a]
        if kept.all():
            break
        ties = _chosen(ties, kept)
    return ties


def _spanning(ties: Ties, community: IntArray) -> Ties:
    """The strongest ties that join the communities: a card of five accounts needs four, not ten."""
    count = int(community.max(initial=-1)) + 1
    a, b = community[ties.pairs.a].astype(np.int64), community[ties.pairs.b].astype(np.int64)
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((ties.pairs.b, ties.pairs.a, -ties.pairs.bits, high, low))
    order = order[low[order] != high[order]]
    cell = low[order] * count + high[order]
    _, first = np.unique(cell, return_index=True)
    best = order[first]
    # Least trees are sought, so strong ties must be short; the place tells equal ones apart and is what we read back.
    rank = np.empty(len(best), dtype=np.float64)
    rank[np.lexsort((best, -ties.pairs.bits[best]))] = np.arange(1, len(best) + 1)
    tree = minimum_spanning_tree(coo_matrix((rank, (low[best], high[best])), shape=(count, count)).tocsr())
    kept = np.zeros(len(ties.pairs), dtype=np.bool_)
    kept[best[np.argsort(rank)][tree.data.astype(np.int64) - 1]] = True
    return _chosen(ties, kept)


def _chosen(ties: Ties, kept: BoolArray) -> Ties:
    """Some of the ties with their lines."""
    pairs = ties.pairs
    return Ties(
        Pairs(pairs.a[kept], pairs.b[kept], pairs.bits[kept], pairs.family_bits[kept]),
        ties.evidence.of_pairs(kept),
    )
