"""Large blocks as stars: a vertex that stands for what its accounts share, instead of all their pairs.

A star is either one cohesive identifier that is near-proof for all who hold it, or a *combination*: two common
identifiers of two families that the same accounts hold far oftener than chance would have it. An account joins a star
only if the star's identifiers alone reach the link threshold for it; evidence falls with how busy the busier account
is, so any two members of a star are linked by the rule for pairs as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.links.holdings import FloatArray, Holdings, IntArray, LongArray
from linkage.links.rarity import FEWEST_OTHERS, KindArrays, LinkRule, Rarity
from linkage.warehouse import Warehouse

# How many common identifiers of one account are combined: the rarest ones.
MOST_PER_ACCOUNT = 32
# The overlap must be this many times what independence gives: regional tastes double or triple it, owners do more.
LEAST_LIFT = 10.0
# More than half of the smaller side must lie in the overlap: "its users are mostly tied by another family".
LEAST_CONTAINMENT = 0.5
# Accounts that hold both by chance may be at most one in a hundred of those that do.
MOST_BY_CHANCE = 0.01


@dataclass(frozen=True)
class Combinations:
    """Pairs of common identifiers (`first` < `second`) held by the same `accounts`."""

    first: IntArray
    second: IntArray
    accounts: LongArray

    def __len__(self) -> int:
        """How many."""
        return len(self.first)


@dataclass(frozen=True)
class Stars:
    """Stars with their identifiers (`second` is −1 for a single one) and members; `bits` is each member's evidence."""

    first: IntArray
    second: IntArray
    star: IntArray
    account: IntArray
    bits: FloatArray

    def __len__(self) -> int:
        """How many stars."""
        return len(self.first)


def find_combinations(
    warehouse: Warehouse, holdings: Holdings, kinds: KindArrays, block: int, *, same_family: bool
) -> Combinations:
    """Common identifiers (more than `block` accounts) that go together far beyond chance."""
    degree = holdings.degree
    common = (degree > block) & ~kinds.support[holdings.kind] & kinds.commonness[holdings.kind]
    kept = np.flatnonzero(common[holdings.identifier])
    owner = np.repeat(np.arange(holdings.accounts, dtype=np.int32), np.diff(holdings.account_ptr))
    identifier = holdings.identifier[kept]
    warehouse.register(
        "common_holding",
        pa.table(
            {
                "account": owner[kept],
                "identifier": identifier,
                "degree": degree[identifier],
                "family": kinds.family[holdings.kind[identifier]],
            }
        ),
    )
    warehouse.run("links/combinations", most=MOST_PER_ACCOUNT, least=block // 2, same_family=same_family)
    found = warehouse.arrow("SELECT first, second, accounts FROM combination ORDER BY first, second")
    first = found["first"].to_numpy().astype(np.int32)
    second = found["second"].to_numpy().astype(np.int32)
    both = found["accounts"].to_numpy().astype(np.int64)
    beyond = beyond_chance(both, degree[first], degree[second], holdings.accounts)
    return Combinations(first=first[beyond], second=second[beyond], accounts=both[beyond])


def beyond_chance(both: LongArray, first: LongArray, second: LongArray, accounts: int) -> np.ndarray:
    """Which overlaps of `both` accounts between groups of `first` and `second` no independence explains."""
    expected = first * second / max(accounts, 1)
    by_chance = (first - both + 1.0) * (second - both + 1.0) / max(accounts, 1)
    return (
        (both >= LEAST_LIFT * expected)
        & (both > LEAST_CONTAINMENT * np.minimum(first, second))
        & (by_chance <= MOST_BY_CHANCE * both)
    )


def member_bits(
    holdings: Holdings, kinds: KindArrays, rarity: Rarity, identifier: int, place: LongArray, as_of: int
) -> FloatArray:
    """Bits that `identifier` gives between each of the holders at `place` and any less busy, no staler holder."""
    kind = int(holdings.kind[identifier])
    if not np.isnan(rarity.strength[identifier]):
        return np.full(len(place), rarity.strength[identifier])
    account = holdings.holder[place]
    others = max(float(rarity.degree[identifier]) - 1.0, FEWEST_OTHERS)
    u = np.minimum(others * rarity.values[account, kind] / rarity.total[kind], 1.0)
    bits = np.minimum(np.log2(kinds.m[kind] / u), kinds.cap[kind])
    if kinds.half_life[kind] > 0:
        age = np.maximum(as_of - holdings.last[holdings.holding[place]], 0)
        bits = bits * 2.0 ** (-age / kinds.half_life[kind])
    evidence: FloatArray = np.maximum(bits, 0.0)
    return evidence


def build_stars(
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    rule: LinkRule,
    combinations: Combinations,
    *,
    block: int,
    as_of: int,
) -> Stars:
    """A star for every near-proof identifier of more than `block` accounts and for every combination that links."""
    firsts: list[int] = []
    seconds: list[int] = []
    members: list[IntArray] = []
    bits: list[FloatArray] = []

    def add(first: int, second: int, account: IntArray, evidence: FloatArray) -> None:
        joins = evidence >= rule.threshold
        if joins.sum() >= 2:
            firsts.append(first)
            seconds.append(second)
            members.append(account[joins].astype(np.int32))
            bits.append(evidence[joins])

    large = np.flatnonzero((holdings.degree > block) & rarity.near_proof & rarity.links)
    for identifier in large:
        place = np.arange(holdings.identifier_ptr[identifier], holdings.identifier_ptr[identifier + 1])
        evidence = member_bits(holdings, kinds, rarity, int(identifier), place, as_of)
        add(int(identifier), -1, holdings.holder[place], evidence)
    for first, second in zip(combinations.first, combinations.second, strict=True):
        one = np.arange(holdings.identifier_ptr[first], holdings.identifier_ptr[first + 1])
        two = np.arange(holdings.identifier_ptr[second], holdings.identifier_ptr[second + 1])
        account, left, right = np.intersect1d(
            holdings.holder[one], holdings.holder[two], assume_unique=True, return_indices=True
        )
        evidence = member_bits(holdings, kinds, rarity, int(first), one[left], as_of)
        evidence = evidence + member_bits(holdings, kinds, rarity, int(second), two[right], as_of)
        add(int(first), int(second), account, evidence)
    number = [len(part) for part in members]
    return Stars(
        first=np.array(firsts, dtype=np.int32),
        second=np.array(seconds, dtype=np.int32),
        star=np.repeat(np.arange(len(firsts), dtype=np.int32), number),
        account=np.concatenate(members) if members else np.empty(0, np.int32),
        bits=np.concatenate(bits) if bits else np.empty(0, np.float64),
    )
