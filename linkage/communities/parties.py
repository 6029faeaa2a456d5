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
        common = _common(place[np.searchsorted(inside, sender[lines])], sent[lines], int(place.max()) + 1)
        side = parties(place, [group[inside] for group in groups], common)
        for one in range(1, int(side.max(initial=0)) + 1):
            result[inside[side == one]] = following
            following += 1
    told = (cluster >= 0) | (groups[0] >= 0)
    return canonical(_with_their_links(linked, community, result, told))


def _with_their_links(linked: LinkGraph, community: IntArray, party: LongArray, told: BoolArray) -> LongArray:
    """The parties, with accounts of which nothing is `told` (weak lines link them) where their best link leads."""
    pairs = linked.pairs
    a, b = np.concatenate([pairs.a, pairs.b]), np.concatenate([pairs.b, pairs.a])
    led = np.flatnonzero(~told[a] & told[b] & (community[a] == community[b]))
    order = led[np.lexsort((b[led], -np.tile(pairs.bits, 2)[led], a[led]))]
    account, first = np.unique(a[order], return_index=True)
    found = party.copy()
    found[account] = party[b[order][first]]
    return found


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
    # Numbered anew: those that are left are few.
    _, value = np.unique(of_holding[shared], return_inverse=True)
    return owner[shared], value.astype(np.int64), np.maximum(bits, 0.1)


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
    size = np.bincount(cluster[cluster >= 0], minlength=len(common))
    both = (cluster >= 0) & (group >= 0)
    _, row = np.unique(group[both], return_inverse=True)
    count = np.zeros((int(row.max(initial=-1)) + 1, len(common)))
    np.add.at(count, (row, cluster[both]), 1.0)
    sides = _merged(count, size.astype(np.float64), common)
    sides.sort(key=lambda one: (-size[one].sum(), one))
    of_cluster = np.zeros(len(common), dtype=np.int64)
    for number, side in enumerate(sides):
        of_cluster[side] = number
    return _with_their_groups(np.where(cluster >= 0, of_cluster[cluster], -1), group, len(sides))


def _merged(count: FloatArray, size: FloatArray, common: FloatArray) -> list[list[int]]:
    """The clusters of each side: `count` is the accounts of each group in each cluster, `size` each cluster's."""
    sides = [[one] for one in range(len(common))]
    apart = np.stack([apart_bits(count, one) for one in range(len(common))])
    while len(sides) > 1:
        low, high = np.triu_indices(len(sides), 1)
        bits = apart[low, high]
        # Fewer are no side.
        bits = np.where(np.minimum(size[low], size[high]) < FREE_SIZE, np.minimum(bits, 0.0), bits)
        alike = common[low, high] / (size[low] * size[high])
        order = np.lexsort((high, low, -alike, np.minimum(bits, 0.0)))
        order = order[bits[order] < PARTED_BITS]
        if not len(order):
            break
        first, second = int(low[order[0]]), int(high[order[0]])
        sides[first] = sides[first] + sides.pop(second)
        for axis in (0, 1):
            common = _folded(common, first, second, axis)
        count, size = _folded(count, first, second, 1), _folded(size, first, second, 0)
        apart = np.delete(np.delete(apart, second, axis=0), second, axis=1)
        apart[first] = apart[:, first] = apart_bits(count, first)
    return sides


def _folded(values: FloatArray, first: int, second: int, axis: int) -> FloatArray:
    """The entries of one place along an axis added to another's."""
    folded = np.delete(values, second, axis=axis)
    into: list[slice | int] = [slice(None)] * values.ndim
    into[axis] = first
    folded[tuple(into)] += np.take(values, second, axis=axis)
    return folded


def apart_bits(count: FloatArray, one: int) -> FloatArray:
    """How much speaks for two parties, for side `one` and each; `count` is the accounts of each group on each side.

    Negative bits speak for one party. Where nothing ties anybody of a side nothing is said.
    """
    own = count[:, [one]]
    several = own + count >= 2
    tied, others = (own * several).sum(axis=0), (count * several).sum(axis=0)
    told = (tied > 0) & (others > 0)
    share = np.where(told, tied / np.maximum(tied + others, 1.0), 0.5)
    most, least = np.maximum(own, count), np.minimum(own, count)
    # A group that is half here and half there may have begun on either side.
    half = own == count
    chosen = np.where(half, np.maximum(share, 1 - share), np.where(own > count, share, 1 - share))
    # On a side with fewer accounts than mistakes an account is no mistake but chance: mixing never speaks for two.
    mistaken = np.minimum(MISTAKEN, 1 - chosen)
    bits = (most - 1) * np.log2((1 - mistaken) / chosen) + least * np.log2(mistaken / (1 - chosen))
    bits -= np.where(half, np.log2(2 * chosen), 0.0)
    return np.where(told & (np.arange(count.shape[1]) != one), (bits * several).sum(axis=0), 0.0)


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
