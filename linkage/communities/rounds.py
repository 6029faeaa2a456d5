"""Groups of accounts as the unit of linking: what links to a group as a whole is joined to it.

In a large ring two accounts may share less than a link needs, while the groups that they belong to share dozens of
addresses and texts. So, once communities are found, each community is taken for one account that holds all that its
members hold, and the same rule is applied again: a value's degree is now the number of groups that hold it (a group
that other evidence already joins counts once), and a busy group's values weigh as little as a busy account's. As for a
cut, the evidence must beat the `log2(a · b)` pairs of accounts that could each have shared something by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from linkage.communities.attach import Attachments, Groups, attach, propose
from linkage.communities.carriers import shared_by_one
from linkage.communities.cut import enough
from linkage.communities.graph import Graph, build_graph, with_joins
from linkage.communities.native import partition
from linkage.communities.possession import Ties, kept_ties, shared_possessions, with_ties
from linkage.links.evidence import PairEvidence, pair_evidence
from linkage.links.holdings import BoolArray, FloatArray, Holdings, IntArray, LongArray, build_holdings
from linkage.links.kernels import Pairs
from linkage.links.linking import LinkGraph
from linkage.links.rarity import Rarity
from linkage.numbering import counted, numbered, runs

MOST_ROUNDS = 8


@dataclass(frozen=True)
class Joins:
    """Groups that were joined as wholes: one representative of each, their sizes, bits, and the evidence lines.

    `evidence.pair` indexes the joins.
    """

    a: IntArray
    b: IntArray
    size_a: IntArray
    size_b: IntArray
    bits: np.ndarray
    evidence: PairEvidence

    def __len__(self) -> int:
        """How many."""
        return len(self.a)


def join_groups(linked: LinkGraph, seed: int) -> tuple[Graph, Joins]:
    """The graph of links and stars with the joins that groups as wholes deserve, and these joins."""
    graph = build_graph(
        linked.holdings,
        linked.kinds,
        linked.rarity,
        linked.rule,
        linked.pairs,
        linked.evidence,
        linked.stars,
    )
    found: list[Joins] = []
    held = shared_possessions(linked)
    for _ in range(MOST_ROUNDS):
        community = partition(with_ties(graph, held), linked.rule.threshold, seed)[: graph.accounts]
        joins = _round(linked, community)
        if not len(joins):
            break
        found.append(joins)
        graph = with_joins(graph, joins.a, joins.b, joins.bits, joins.evidence, whole=True)
    if len(held.pairs):
        kept = kept_ties(graph, held, lambda graph: partition(graph, linked.rule.threshold, seed))
        community = partition(graph, linked.rule.threshold, seed)[: graph.accounts]
        found.append(_tied(community, kept))
        graph = with_ties(graph, kept)
    return graph, _concatenated(found)


def _tied(community: IntArray, ties: Ties) -> Joins:
    """What a shared possession adds, as joins of the communities that there are without it."""
    size = np.bincount(community)
    a, b = ties.pairs.a, ties.pairs.b
    return Joins(
        a=a,
        b=b,
        size_a=size[community[a]].astype(np.int32),
        size_b=size[community[b]].astype(np.int32),
        bits=ties.pairs.bits,
        evidence=ties.evidence,
    )


def _round(linked: LinkGraph, community: IntArray) -> Joins:
    """Joins between communities of which at least one has two accounts."""
    size = np.bincount(community)
    holdings, chosen, members = group_holdings(linked.holdings, community, size >= 2)
    if holdings.identifiers == 0:
        return _concatenated([])
    rarity, spread = group_rarity(linked, holdings, chosen, community)
    # What only supports a link (a subnet, a browser) is left out: two large groups share dozens of them by chance.
    rarity = replace(rarity, links=rarity.links & ~linked.kinds.support[holdings.kind])
    groups = Groups(holdings, members, rarity, size.astype(np.int64), spread)
    pairs = propose(linked, groups)
    return _concatenated(
        [
            _as_joins(linked, groups, community, chosen, found)
            for found in (_join(linked, groups, community, chosen, pairs), attach(linked, groups, pairs))
        ]
    )


def _join(
    linked: LinkGraph, groups: Groups, community: IntArray, chosen: LongArray, pairs: Pairs
) -> Attachments:
    """Pairs of groups, each of several accounts, that belong together as wholes."""
    low, high = groups.size[pairs.a], groups.size[pairs.b]
    kept = np.flatnonzero(enough(pairs.bits, low, high, linked.rule.threshold) & (low > 1) & (high > 1))
    a, b = pairs.a[kept], pairs.b[kept]
    evidence = pair_evidence(groups.holdings, linked.kinds, groups.rarity, a, b, as_of=linked.as_of)
    apart = ~shared_by_one(
        linked.holdings, community, (a, b), groups.size, evidence.pair, chosen[evidence.identifier]
    )
    return Attachments(a[apart], b[apart], pairs.bits[kept][apart], evidence.of_pairs(apart))


def _as_joins(
    linked: LinkGraph, groups: Groups, community: IntArray, chosen: LongArray, found: Attachments
) -> Joins:
    """Pairs of communities as joins of accounts; `chosen` are the numbers of the groups' identifiers."""
    evidence = replace(found.evidence, identifier=chosen[found.evidence.identifier].astype(np.int32))
    first, second = _representatives(linked.holdings, community, found.a, found.b, evidence)
    return Joins(
        a=first,
        b=second,
        size_a=groups.size[found.a].astype(np.int32),
        size_b=groups.size[found.b].astype(np.int32),
        bits=found.bits,
        evidence=evidence,
    )


def group_holdings(
    holdings: Holdings, community: IntArray, several: BoolArray
) -> tuple[Holdings, LongArray, LongArray]:
    """Holdings of communities, over the identifiers that one of several accounts and another community hold.

    Returns them with the identifiers' numbers in `holdings`, and the accounts behind each holding.
    """
    group = community[holdings.owner].astype(np.int64)
    touched = np.zeros(holdings.identifiers, dtype=np.bool_)
    touched[holdings.identifier[several[group]]] = True
    width = holdings.identifiers
    place = np.flatnonzero(touched[holdings.identifier])
    key = group[place] * width + holdings.identifier[place]
    cell, inverse = numbered(key)
    holders = np.bincount(cell % width, minlength=width)
    chosen = np.flatnonzero(holders >= 2)
    number = np.full(width, -1, dtype=np.int64)
    number[chosen] = np.arange(len(chosen))
    shared = number[cell % width] >= 0
    rank = np.cumsum(shared) - 1
    first, last, count = _spans(
        inverse, holdings.first[place], holdings.last[place], holdings.count[place], len(cell)
    )
    hours = _group_hours(holdings, place, inverse, shared)
    merged = build_holdings(
        len(several),
        holdings.kind[chosen],
        (cell[shared] // width).astype(np.int32),
        number[cell[shared] % width].astype(np.int32),
        first[shared],
        last[shared],
        count[shared],
        rank[hours[:, 0]],
        hours[:, 1].astype(np.int32),
    )
    return merged, chosen, np.bincount(inverse, minlength=len(cell))[shared]


@njit(cache=True, nogil=True)
def _spans(cell, first, last, count, cells):  # type: ignore[no-untyped-def]
    """The first, the last and the number of sightings of each cell's holdings."""
    begins = np.full(cells, np.iinfo(np.int32).max, np.int32)
    ends = np.full(cells, np.iinfo(np.int32).min, np.int32)
    number = np.zeros(cells, np.int64)
    for at in range(len(cell)):
        into = cell[at]
        begins[into] = min(begins[into], first[at])
        ends[into] = max(ends[into], last[at])
        number[into] += count[at]
    return begins, ends, number


def _group_hours(holdings: Holdings, place: LongArray, cell: LongArray, shared: BoolArray) -> LongArray:
    """Distinct (cell, hour) of the shared cells, sorted."""
    length = np.diff(holdings.bucket_ptr)[place]
    length = np.where(shared[cell], length, 0)
    hour = holdings.buckets[runs(holdings.bucket_ptr[place], length)].astype(np.int64)
    # Both in one number: those are sorted by their digits.
    start = hour.min(initial=0)
    width = hour.max(initial=0) - start + 1
    packed, _ = numbered(np.repeat(cell, length) * width + (hour - start))
    return np.stack([packed // width, packed % width + start], axis=1)


def group_rarity(
    linked: LinkGraph, holdings: Holdings, chosen: LongArray, community: IntArray
) -> tuple[Rarity, FloatArray]:
    """Rarity among groups: hubs stay hubs, degrees count groups, n and S count a group's distinct values.

    Beside it, for each group and kind, the (account, value) pairs of its members, equal values not taken off.
    """
    own = linked.rarity
    kinds = own.values.shape[1]
    values = np.zeros((holdings.accounts, kinds), dtype=np.int64)
    for kind in range(kinds):
        # Whole numbers far below 2^53: as exact as a sum of integers.
        values[:, kind] = np.bincount(community, own.values[:, kind], minlength=holdings.accounts)
    spread = values.astype(np.float64)
    # A value that several members hold is one value of the group: what the sum counts twice is taken off.
    held = linked.holdings
    width = max(held.identifiers, 1)
    cell, count = counted(community[held.owner].astype(np.int64) * width + held.identifier)
    again = count > 1
    np.subtract.at(values, (cell[again] // width, held.kind[cell[again] % width]), count[again] - 1)
    groups = holdings.degree
    share = own.degree[chosen] / np.maximum(linked.holdings.degree[chosen], 1)
    rarity = Rarity(
        degree=np.maximum(np.minimum(groups * np.minimum(share, 1.0), own.degree[chosen]), 1.0),
        strength=own.strength[chosen],
        links=own.links[chosen],
        near_proof=own.near_proof[chosen],
        values=np.clip(values, 0, np.iinfo(np.uint16).max).astype(np.uint16),
        total=np.maximum(values.sum(axis=0), 1).astype(np.float64),
    )
    return rarity, spread


def _representatives(
    holdings: Holdings, community: IntArray, a: IntArray, b: IntArray, evidence: PairEvidence
) -> tuple[IntArray, IntArray]:
    """For each join the first account of either side that holds the join's strongest identifier."""
    best = np.zeros(len(a), dtype=np.int64)
    order = np.lexsort((-evidence.identifier, evidence.bits, evidence.pair))
    best[evidence.pair[order]] = evidence.identifier[order]
    sides = []
    for side in (a, b):
        chosen = np.empty(len(a), dtype=np.int32)
        for join, (group, identifier) in enumerate(zip(side, best, strict=True)):
            held = holdings.holder[
                holdings.identifier_ptr[identifier] : holdings.identifier_ptr[identifier + 1]
            ]
            chosen[join] = held[community[held] == group][0]
        sides.append(chosen)
    return sides[0], sides[1]


def _concatenated(parts: list[Joins]) -> Joins:
    """Several tables of joins as one."""
    if not parts:
        none = np.empty(0, dtype=np.int32)
        long = np.empty(0, dtype=np.int64)
        real = np.empty(0, dtype=np.float64)
        return Joins(none, none, none, none, real, PairEvidence(long, none, real, none, none, long))
    start = np.cumsum([0, *[len(part) for part in parts[:-1]]])
    lines = [
        replace(part.evidence, pair=part.evidence.pair + at) for part, at in zip(parts, start, strict=True)
    ]
    return Joins(
        a=np.concatenate([part.a for part in parts]),
        b=np.concatenate([part.b for part in parts]),
        size_a=np.concatenate([part.size_a for part in parts]),
        size_b=np.concatenate([part.size_b for part in parts]),
        bits=np.concatenate([part.bits for part in parts]),
        evidence=PairEvidence(
            pair=np.concatenate([line.pair for line in lines]),
            identifier=np.concatenate([line.identifier for line in lines]),
            bits=np.concatenate([line.bits for line in lines]),
            first=np.concatenate([line.first for line in lines]),
            last=np.concatenate([line.last for line in lines]),
            count=np.concatenate([line.count for line in lines]),
        ),
    )
