"""Accounts that are alone or in twos, and the group that each belongs to.

For a group of many accounts it is known how its members spread over the values that they hold, so what is shared with
it is weighed by that: `P(value | a member's) = c / C` instead of one in the group's `n` values, with `c` the
members that hold the value and `C` all (member, value) pairs of the kind. And a random account belongs to a large party
more likely than to a small one: the prior odds are the group's size over all accounts (as in the Chinese restaurant
process, Aldous 1985), bounded, since a mistake about a large group is a large mistake. An account joins one group at
most, the one that explains it best, so that it never bridges two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linkage.communities.cut import FREE_SIZE
from linkage.links.evidence import PairEvidence, combine, pair_evidence
from linkage.links.holdings import BoolArray, FloatArray, Holdings, IntArray, LongArray
from linkage.links.kernels import Pairs, find_pairs
from linkage.links.linking import BLOCK, LinkGraph
from linkage.links.rarity import Rarity

MOST_PRIOR = 7.0
"""Bits that the size of a group can lend: those of 128 accounts, the largest block that is looked at pair by pair."""
MOST_SHARE = 3.0
"""Bits by which a value's spread inside the group can lift a line before the kind's cap: a guess at what is missed when
candidates are sought by plain rarity."""


@dataclass(frozen=True)
class Groups:
    """Communities as holders: their holdings, how many of a group's accounts are behind each, and their rarity.

    `size` is the accounts of each community; `spread` is (communities, kinds): the (account, value) pairs of a kind.
    """

    holdings: Holdings
    members: LongArray
    rarity: Rarity
    size: LongArray
    spread: FloatArray


@dataclass(frozen=True)
class Attachments:
    """Pairs of communities a < b that belong together, with bits and evidence lines by pair."""

    a: IntArray
    b: IntArray
    bits: FloatArray
    evidence: PairEvidence


def propose(linked: LinkGraph, groups: Groups) -> Pairs:
    """All pairs of communities that the link rule accepts, and those that it might accept with a group's prior."""
    most = float(_prior(groups).max(initial=0.0)) + MOST_SHARE
    wide = replace(linked.rule, threshold=linked.rule.threshold - most)
    return find_pairs(groups.holdings, linked.kinds, groups.rarity, wide, block=BLOCK, as_of=linked.as_of)


def _prior(groups: Groups) -> FloatArray:
    """Bits that the size of each community lends."""
    prior: FloatArray = np.minimum(np.log2(np.maximum(groups.size, 1)), MOST_PRIOR)
    return prior


def attach(linked: LinkGraph, groups: Groups, pairs: Pairs) -> Attachments:
    """Of the proposed pairs, each account or two with the larger group that they belong to most."""
    prior = _prior(groups)
    rule = linked.rule
    low, high = groups.size[pairs.a], groups.size[pairs.b]
    small = (np.minimum(low, high) < FREE_SIZE) & (low != high)
    a, b = pairs.a[small], pairs.b[small]
    evidence = pair_evidence(groups.holdings, linked.kinds, groups.rarity, a, b, as_of=linked.as_of)
    larger = np.where(groups.size[a] > groups.size[b], a, b)
    evidence = replace(evidence, bits=_weighed(linked, groups, evidence, larger))
    bits, families, proof = combine(linked.kinds, groups.rarity, rule, groups.holdings.kind, evidence, len(a))
    held = (bits + prior[larger] >= rule.threshold) & ((families >= rule.min_families) | proof)
    kept = _best(a + b - larger, larger, bits + prior[larger], held)
    return Attachments(a[kept], b[kept], bits[kept], evidence.of_pairs(kept))


def _weighed(linked: LinkGraph, groups: Groups, evidence: PairEvidence, larger: IntArray) -> FloatArray:
    """The lines' bits with the value's own share among the group's values in place of one in n."""
    group = larger[evidence.pair].astype(np.int64)
    kind = groups.holdings.kind[evidence.identifier]
    width = groups.holdings.identifiers
    key = groups.holdings.owner.astype(np.int64) * width + groups.holdings.identifier
    members = groups.members[np.searchsorted(key, group * width + evidence.identifier)]
    values = np.maximum(groups.rarity.values[group, kind], 1)
    lift = np.log2(members * values / np.maximum(groups.spread[group, kind], 1.0))
    # What the cohesion of its holders proves is not a matter of frequencies.
    told = ~np.isnan(groups.rarity.strength[evidence.identifier])
    lifted = np.clip(evidence.bits + lift, 0.0, np.maximum(linked.kinds.cap[kind], evidence.bits))
    weighed: FloatArray = np.where(told | (evidence.bits <= 0.0), evidence.bits, lifted)
    return weighed


def _best(small: IntArray, group: IntArray, bits: FloatArray, held: BoolArray) -> BoolArray:
    """Of the pairs that hold, which is the best of its small side."""
    chosen = np.flatnonzero(held)
    order = chosen[np.lexsort((group[chosen], -bits[chosen], small[chosen]))]
    _, first = np.unique(small[order], return_index=True)
    best = np.zeros(len(small), dtype=np.bool_)
    best[order[first]] = True
    return best
