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
    # A star whose members stayed together goes with them, so those of an unparted community go nowhere else.
    of_star = found.community[accounts:].astype(np.int64) + int(after.max(initial=-1)) + 1
    pair, count = np.unique(np.stack([stars.star, after[stars.account]]), axis=1, return_counts=True)
    order = np.lexsort((pair[1], -count, pair[0]))
    star, first = np.unique(pair[0][order], return_index=True)
    of_star[star] = pair[1][order][first]
    return Partition(
        canonical(np.concatenate([after, of_star])),
        density(accounts, after, linked.pairs.a, linked.pairs.b),
    )
