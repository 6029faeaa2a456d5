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

from linkage.communities.forest import forest_edges
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
    return with_joins(graph, ties.pairs.a, ties.pairs.b, ties.pairs.bits, ties.evidence, whole=False)


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
    pairs = ties.pairs
    cost = np.empty(len(pairs), dtype=np.float64)
    cost[np.lexsort((pairs.b, pairs.a, -pairs.bits))] = np.arange(1, len(pairs) + 1)
    kept = np.zeros(len(pairs), dtype=np.bool_)
    a, b = community[pairs.a], community[pairs.b]
    kept[forest_edges(a, b, cost, int(community.max(initial=-1)) + 1)] = True
    return _chosen(ties, kept)


def _chosen(ties: Ties, kept: BoolArray) -> Ties:
    """Some of the ties with their lines."""
    pairs = ties.pairs
    return Ties(
        Pairs(pairs.a[kept], pairs.b[kept], pairs.bits[kept], pairs.family_bits[kept]),
        ties.evidence.of_pairs(kept),
    )
