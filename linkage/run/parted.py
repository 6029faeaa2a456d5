"""What an engine found, with communities parted that are several parties."""

from __future__ import annotations

import numpy as np

from linkage.communities.cut import canonical
from linkage.communities.density import density
from linkage.communities.parties import part_parties
from linkage.engine.base import Partition
from linkage.links.linking import LinkGraph


def with_parties(linked: LinkGraph, found: Partition, seed: int) -> Partition:
    """The partition with each party a community of its own; a star is with most of its members."""
    accounts, stars = linked.holdings.accounts, linked.stars
    before = found.of_accounts(accounts)
    after = part_parties(linked, before, seed)
    if np.array_equal(canonical(before), after):
        return found
    old = found.community[accounts:]
    # A community is named by its first account; one of stars alone keeps a number of its own.
    named, first = np.unique(before, return_index=True)
    of_old = np.arange(int(found.community.max(initial=-1)) + 1) + int(after.max(initial=-1)) + 1
    of_old[named] = after[first]
    parted = np.zeros(len(of_old), dtype=np.bool_)
    parted[before[after != of_old[before]]] = True
    of_star = of_old[old]
    # What a star stands for may be a value of either party: it goes with most of its members.
    moved = parted[old[stars.star]] & (before[stars.account] == old[stars.star])
    pair, count = np.unique(
        np.stack([stars.star[moved], after[stars.account[moved]]]), axis=1, return_counts=True
    )
    order = np.lexsort((pair[1], -count, pair[0]))
    star, place = np.unique(pair[0][order], return_index=True)
    of_star[star] = pair[1][order][place]
    return Partition(
        canonical(np.concatenate([after, of_star])),
        density(accounts, after, linked.pairs.a, linked.pairs.b),
    )
