"""Hubs and their opposite: whether the accounts that share a value have anything else in common.

A value's degree cannot tell a ring's own card from a carrier's address. Its *cohesion* can: of the other accounts that
independent evidence ties a holder to, how many hold the value as well? For an operator's text nearly all do, for a
popular text hardly any. Every account counts once, so one large group cannot outvote the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.links.holdings import FloatArray, Holdings, IntArray, LongArray
from linkage.links.kernels import Pairs
from linkage.links.rarity import KindArrays

# Normal quantile of a one-sided 95 % bound: a handful of holders proves nothing.
ONE_SIDED_95 = 1.645


@dataclass(frozen=True)
class Ties:
    """Pairs as an adjacency in both directions: an account's neighbours with the pair that joins them."""

    pointer: LongArray
    neighbour: IntArray
    pair: LongArray


@dataclass(frozen=True)
class Cohesion:
    """Per identifier: holders, those tied to another holder by independent evidence, and their groups.

    `inside` is the mean share of a tied account's partners that hold the value too (NaN where no holder is tied),
    `tied` the number of holders with any independent tie at all.
    """

    holders: LongArray
    covered: LongArray
    tied: LongArray
    groups: LongArray
    inside: FloatArray

    @property
    def coverage_bound(self) -> FloatArray:
        """Lower 95 % Wilson bound of the share of holders that another family joins to a holder."""
        return wilson_lower(self.covered, self.holders)


def wilson_lower(hits: npt.ArrayLike, trials: npt.ArrayLike) -> FloatArray:
    """Lower bound of a proportion (Wilson 1927, one-sided 95 %), 0 without trials."""
    n = np.maximum(np.asarray(trials, dtype=np.float64), 1e-9)
    p = np.asarray(hits, dtype=np.float64) / n
    z2 = ONE_SIDED_95**2
    centre = p + z2 / (2 * n)
    spread = ONE_SIDED_95 * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return np.maximum((centre - spread) / (1 + z2 / n), 0.0)


def ties_of(pairs: Pairs, accounts: int) -> Ties:
    """The pairs as neighbours of each account."""
    source = np.concatenate([pairs.a, pairs.b])
    target = np.concatenate([pairs.b, pairs.a]).astype(np.int32)
    number = np.tile(np.arange(len(pairs), dtype=np.int64), 2)
    order = np.argsort(source, kind="stable")
    pointer = np.zeros(accounts + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=accounts), out=pointer[1:])
    return Ties(pointer=pointer, neighbour=target[order], pair=number[order])


@njit(cache=True)
def _root(parent: IntArray, item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


@njit(cache=True, nogil=True)
def _cohesion(  # type: ignore[no-untyped-def]
    identifier_ptr,
    holder,
    kind,
    family,
    chosen,
    own_bits,
    same_family,
    pointer,
    neighbour,
    pair,
    bits,
    family_bits,
    tie_bits,
    local,
):
    """Covered, tied, groups, inside of every chosen identifier; `local` is scratch, −1 for every account."""
    count = len(identifier_ptr) - 1
    covered = np.zeros(count, np.int64)
    tied = np.zeros(count, np.int64)
    groups = np.zeros(count, np.int64)
    inside = np.full(count, np.nan)
    for value in range(count):
        if not chosen[value]:
            continue
        low, high = identifier_ptr[value], identifier_ptr[value + 1]
        size = high - low
        parent = np.arange(size).astype(np.int32)
        for p in range(low, high):
            local[holder[p]] = p - low
        f = family[kind[value]]
        share = 0.0
        for p in range(low, high):
            partners = 0
            within = 0
            account = holder[p]
            for t in range(pointer[account], pointer[account + 1]):
                mine = neighbour[t]
                # What the value itself (or, across families, its family) gave the pair is no independent witness.
                if same_family:
                    independent = bits[pair[t]] - (own_bits[value] if local[mine] >= 0 else 0.0)
                else:
                    independent = bits[pair[t]] - family_bits[pair[t], f]
                if independent < tie_bits:
                    continue
                partners += 1
                if local[mine] >= 0:
                    within += 1
                    x, y = _root(parent, p - low), _root(parent, local[mine])
                    if x != y:
                        parent[max(x, y)] = min(x, y)
            if partners > 0:
                tied[value] += 1
                share += within / partners
            if within > 0:
                covered[value] += 1
        if tied[value] > 0:
            inside[value] = share / tied[value]
        for p in range(size):
            if _root(parent, p) == p:
                groups[value] += 1
        for p in range(low, high):
            local[holder[p]] = -1
    return covered, tied, groups, inside


def measure_cohesion(
    holdings: Holdings,
    kinds: KindArrays,
    ties: Pairs,
    *,
    tie_bits: float,
    same_family: bool,
    plain_bits: FloatArray,
) -> Cohesion:
    """Cohesion of every identifier with at least three holders of a kind that can be a hub.

    `ties` are pairs with plain bits, `tie_bits` what counts as a tie once the value's own family is taken out of it.
    With `same_family` (data of a single family) only the value's own bits, `plain_bits`, are taken out.
    """
    chosen = (holdings.degree >= 3) & ~kinds.support[holdings.kind] & kinds.commonness[holdings.kind]
    graph = ties_of(ties, holdings.accounts)
    covered, tied, groups, inside = _cohesion(
        holdings.identifier_ptr, holdings.holder, holdings.kind, kinds.family, chosen, plain_bits, same_family,
        graph.pointer, graph.neighbour, graph.pair, ties.bits, ties.family_bits, tie_bits,
        np.full(holdings.accounts, -1, np.int32),
    )  # fmt: skip
    groups = np.where(chosen, groups, holdings.degree)
    return Cohesion(holders=holdings.degree, covered=covered, tied=tied, groups=groups, inside=inside)
