"""Operators that run one campaign, or rent one network: communities that hold together by that alone, parted.

Two operators with the same texts are one campaign and two parties. Their texts tie all of their accounts to one
another; their cards, machines, addresses and hours tie accounts on either side and none across. So each community is
clustered once more by its texts alone, and a cluster is parted from the rest if everything else keeps to the clusters:
one party that deals out jobs, cards and lines to its accounts has a card's accounts in one cluster by chance only.

Two operators behind the same rented exits share few texts, and the exits mix their accounts. So what is left is looked
at a second time without the network.

Compared are two explanations of each group of accounts that something else than texts ties, account by account after
its first. Of one party the next account is in the same cluster as often as accounts are; of two it is but for rare
mistakes. The bits are the logarithm of the ratio (Wald 1945).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linkage.communities.cut import FREE_SIZE, canonical, components
from linkage.communities.native import leiden
from linkage.communities.places import Places
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.holdings import BoolArray, FloatArray, IntArray, LongArray
from linkage.links.linking import LinkGraph, tie_rule
from linkage.links.rarity import typical_bits
from linkage.numbering import numbered

PARTED_BITS = 10.0
"""So many bits must speak for two parties: one in a thousand parties shows them by chance."""
MISTAKEN = 0.05
"""Of two parties' accounts one in so many is in the wrong cluster."""
LEAST = 2 * FREE_SIZE
"""Fewer accounts have no two sides."""


def part_parties(linked: LinkGraph, community: IntArray, seed: int) -> IntArray:
    """The communities of the accounts, with those parted that are several parties. A number for each account."""
    if linked.rule.min_families < 2 or not len(community):
        return community
    text, other = _values(linked)
    family = linked.kinds.family[linked.holdings.kind]
    size = np.bincount(community)
    looked = (size >= LEAST)[community]
    sender, sent, bits = _within(linked, community, looked, text)
    if not len(sender):
        return community
    cluster = _clusters(community, sender, sent, bits, seed)
    groups = [
        _groups(len(community), *_within(linked, community, looked, other & kept)[:2])
        for kept in (np.True_, family != FAMILY_NUMBER[Family.NETWORK])
    ]
    result = community.astype(np.int64)
    following = int(community.max(initial=-1)) + 1
    members, texts = Places.of(community, len(size)), Places.of(community[sender], len(size))
    for number in np.unique(community[(groups[0] >= 0) & (cluster >= 0)]).tolist():
        inside, lines = members[number], texts[number]
        clusters, place = np.unique(cluster[inside], return_inverse=True)
        place -= int(clusters[0] < 0)
        of_account = np.full(int(inside[-1]) + 1, -1, dtype=np.int64)
        of_account[inside] = place
        common = _common(of_account[sender[lines]], sent[lines], int(place.max()) + 1)
        side = parties(place, [group[inside] for group in groups], common)
        for one in range(1, int(side.max(initial=0)) + 1):
            result[inside[side == one]] = following
            following += 1
    return canonical(result)


def _clusters(
    community: IntArray, sender: IntArray, text: LongArray, bits: FloatArray, seed: int
) -> LongArray:
    """The accounts clustered by the texts of their communities: −1 for who sends none."""
    accounts = len(community)
    vertex, piece = leiden(
        sender.astype(np.int32),
        (accounts + text).astype(np.int32),
        bits,
        canonical(community)[sender],
        seed=seed,
    )
    cluster = np.full(accounts, -1, dtype=np.int64)
    cluster[vertex[vertex < accounts]] = piece[vertex < accounts]
    return cluster


def _groups(accounts: int, holder: IntArray, value: LongArray) -> LongArray:
    """Accounts that hang together by values that they hold: −1 for who holds none."""
    label = components(
        accounts + int(value.max(initial=-1)) + 1,
        holder.astype(np.int32),
        (accounts + value).astype(np.int32),
    )
    group = np.full(accounts, -1, dtype=np.int64)
    group[holder] = label[holder]
    return group


def _values(linked: LinkGraph) -> tuple[BoolArray, BoolArray]:
    """The texts that link, and of what else links what ties two accounts by itself."""
    holdings, kinds, rarity = linked.holdings, linked.kinds, linked.rarity
    single = rarity.links & ~kinds.support[holdings.kind] & (holdings.degree >= 2)
    text = single & (kinds.family[holdings.kind] == FAMILY_NUMBER[Family.CONTENT])
    timing = kinds.family[holdings.kind] == FAMILY_NUMBER[Family.TIMING]
    # A follower's few bits are too little to tie two accounts, but clusters of them are asked here.
    ties = timing | (typical_bits(holdings, kinds, rarity) >= tie_rule(linked.rule).threshold)
    return text, single & ~text & ties


def _within(
    linked: LinkGraph, community: IntArray, looked: BoolArray, chosen: BoolArray
) -> tuple[IntArray, LongArray, FloatArray]:
    """Of the accounts that are looked at and the chosen values: who holds what another of his community holds.

    Accounts, the number of each value in its community, and the value's bits.
    """
    holdings = linked.holdings
    owner = holdings.owner
    kept = looked[owner] & chosen[holdings.identifier]
    owner, identifier = owner[kept], holdings.identifier[kept].astype(np.int64)
    cell, of_holding = numbered(community[owner].astype(np.int64) * holdings.identifiers + identifier)
    shared = (np.bincount(of_holding, minlength=len(cell)) >= 2)[of_holding]
    bits = typical_bits(holdings, linked.kinds, linked.rarity)[identifier[shared]]
    return owner[shared], of_holding[shared].astype(np.int64), np.maximum(bits, 0.1)


def _common(cluster: LongArray, text: LongArray, clusters: int) -> FloatArray:
    """Pairs of accounts of each two clusters that have a text in common, once a text: shape (clusters, clusters)."""
    _, text = np.unique(text, return_inverse=True)
    held = np.zeros((clusters, int(text.max(initial=-1)) + 1))
    np.add.at(held, (cluster, text), 1.0)
    return held @ held.T


def parties(cluster: LongArray, groups: Sequence[LongArray], common: FloatArray) -> LongArray:
    """The party of each account, by one look after the other: see `parted`, of which each look has its `groups`."""
    party = np.zeros(len(cluster), dtype=np.int64)
    for group in groups:
        for one in range(int(party.max(initial=-1)) + 1):
            inside = np.flatnonzero(party == one)
            clusters, place = np.unique(cluster[inside], return_inverse=True)
            unknown = int(clusters[0] < 0)
            known = clusters[unknown:]
            if len(known) < 2:
                continue
            side = parted(place - unknown, group[inside], common[np.ix_(known, known)])
            party[inside[side > 0]] = int(party.max()) + side[side > 0]
    return party


def parted(cluster: LongArray, group: LongArray, common: FloatArray) -> LongArray:
    """The side of each account, 0 the largest. `cluster` is what its texts say, `group` whom all else ties it to.

    −1 stands for none. Clusters are put together while what else ties accounts mixes them, and then while it does not
    say that they are two parties, those first that have most texts in `common`.
    """
    sides = [[one] for one in range(len(common))]
    both = (cluster >= 0) & (group >= 0)
    _, row = np.unique(group[both], return_inverse=True)
    held = np.zeros((int(row.max(initial=-1)) + 1, len(common)))
    np.add.at(held, (row, cluster[both]), 1.0)
    size = np.bincount(cluster[cluster >= 0], minlength=len(common)).astype(np.float64)
    while len(sides) > 1:
        count = np.stack([held[:, side].sum(axis=1) for side in sides], axis=1)
        weight = np.array([size[side].sum() for side in sides])
        apart = apart_bits(count)
        # Fewer are no side.
        apart = np.where(np.minimum.outer(weight, weight) < FREE_SIZE, np.minimum(apart, 0.0), apart)
        shared = np.array([[common[np.ix_(a, b)].sum() for b in sides] for a in sides]) / np.outer(
            weight, weight
        )
        low, high = np.triu_indices(len(sides), 1)
        mixed = np.minimum(apart[low, high], 0.0)
        order = np.lexsort((high, low, -shared[low, high], mixed))
        order = order[apart[low, high][order] < PARTED_BITS]
        if not len(order):
            break
        first, second = int(low[order[0]]), int(high[order[0]])
        sides[first] = sides[first] + sides.pop(second)
    sides.sort(key=lambda one: (-size[one].sum(), one))
    of_cluster = np.zeros(len(common), dtype=np.int64)
    for number, side in enumerate(sides):
        of_cluster[side] = number
    return _with_their_groups(np.where(cluster >= 0, of_cluster[cluster], -1), group, len(sides))


def apart_bits(count: FloatArray) -> FloatArray:
    """How much speaks for two parties, for each two sides; `count` is the accounts of each group on each side.

    Shape (sides, sides), symmetric; negative bits speak for one party.
    """
    sides = count.shape[1]
    bits = np.zeros((sides, sides))
    for a in range(sides):
        for b in range(a + 1, sides):
            pair = count[:, [a, b]]
            pair = pair[pair.sum(axis=1) >= 2]
            tied = pair.sum(axis=0)
            if not tied.all():
                continue
            share = tied / tied.sum()
            most = pair.argmax(axis=1)
            same = (pair.max(axis=1) - 1) * np.log2((1 - MISTAKEN) / share[most])
            other = pair.min(axis=1) * np.log2(MISTAKEN / share[1 - most])
            bits[a, b] = bits[b, a] = (same + other).sum()
    return bits


def _with_their_groups(side: LongArray, group: LongArray, sides: int) -> LongArray:
    """Who sends none of the texts is on the side of most whom all else ties him to, or on the largest."""
    found = side.copy()
    alone = side < 0
    found[alone] = 0
    told = alone & (group >= 0)
    known = ~alone & (group >= 0)
    if told.any() and known.any():
        groups, row = np.unique(group, return_inverse=True)
        count = np.zeros((len(groups), sides))
        np.add.at(count, (row[known], side[known]), 1.0)
        found[told] = count[row[told]].argmax(axis=1)
    return found
