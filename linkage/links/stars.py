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
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity, fresh_bits
from linkage.numbering import runs
from linkage.warehouse import Warehouse

# From this many holders on, an identifier may owe its commonness to one group.
LEAST_HOLDERS = 8
# Fewer accounts than this make no group worth counting as one.
LEAST_OVERLAP = 5
# How many such identifiers of one account are combined: the rarest ones.
MOST_PER_ACCOUNT = 32
# The overlap must be this many times what independence gives: regional tastes double or triple it, owners do more …
LEAST_LIFT = 10.0
# … or be nearly all that either side has, since what a tenth of all accounts hold cannot be lifted tenfold.
LEAST_LIKENESS = 0.8
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


def no_stars() -> Stars:
    """None at all."""
    none = np.empty(0, dtype=np.int32)
    return Stars(first=none, second=none, star=none, account=none, bits=np.empty(0, dtype=np.float64))


def find_combinations(
    warehouse: Warehouse, holdings: Holdings, kinds: KindArrays, *, same_family: bool
) -> Combinations:
    """Identifiers of several accounts that go together far beyond chance."""
    degree = holdings.degree
    common = (degree >= LEAST_HOLDERS) & ~kinds.support[holdings.kind] & kinds.commonness[holdings.kind]
    kept = np.flatnonzero(common[holdings.identifier])
    identifier = holdings.identifier[kept]
    warehouse.register(
        "common_holding",
        pa.table(
            {
                "account": holdings.owner[kept],
                "identifier": identifier,
                "degree": degree[identifier],
                "family": kinds.family[holdings.kind[identifier]],
            }
        ),
    )
    warehouse.run("links/combinations", most=MOST_PER_ACCOUNT, least=LEAST_OVERLAP, same_family=same_family)
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
    alike = both >= LEAST_LIKENESS * (first + second - both)
    return (
        ((both >= LEAST_LIFT * expected) | alike)
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
    bits = fresh_bits(
        kinds, kind, rarity.degree[identifier], rarity.values[account, kind], rarity.total[kind]
    )
    if kinds.half_life[kind] > 0:
        age = np.maximum(as_of - holdings.last[holdings.holding[place]], 0)
        bits = bits * 2.0 ** (-age / kinds.half_life[kind])
    return bits


def cells(holdings: Holdings, kinds: KindArrays, identifier: int, place: LongArray) -> list[LongArray]:
    """Positions in `place` (holders of `identifier`) that its kind's time window lets share it, all of each with all.

    Without a window that is everybody. With one, the holders within each cell of two grids, half a window apart.
    """
    window = int(kinds.window[holdings.kind[identifier]])
    if window == 0:
        return [np.arange(len(place))]
    holding = holdings.holding[place]
    length = holdings.bucket_ptr[holding + 1] - holdings.bucket_ptr[holding]
    position = np.repeat(np.arange(len(place)), length)
    hour = holdings.buckets[runs(holdings.bucket_ptr[holding], length)].astype(np.int64)
    found: list[LongArray] = []
    for shift in (0, window // 2):
        # An hour more than the window lies between the ends of a cell that is one wider.
        cell = np.unique(np.stack([(hour + shift) // (window + 1), position], axis=1), axis=0)
        bounds = np.flatnonzero(np.diff(cell[:, 0])) + 1
        found.extend(part for part in np.split(cell[:, 1], bounds) if len(part) >= 2)
    return found


@dataclass
class _Builder:
    """Collects stars."""

    threshold: float
    first: list[int]
    second: list[int]
    members: list[IntArray]
    bits: list[FloatArray]

    def add(self, first: int, second: int, account: IntArray, evidence: FloatArray) -> None:
        """A star of the accounts whose evidence reaches the threshold, if there are two of them."""
        joins = evidence >= self.threshold
        if joins.sum() >= 2:
            self.first.append(first)
            self.second.append(second)
            self.members.append(account[joins].astype(np.int32))
            self.bits.append(evidence[joins])

    def stars(self) -> Stars:
        """All of them."""
        number = [len(part) for part in self.members]
        return Stars(
            first=np.array(self.first, dtype=np.int32),
            second=np.array(self.second, dtype=np.int32),
            star=np.repeat(np.arange(len(number), dtype=np.int32), number),
            account=np.concatenate(self.members) if number else np.empty(0, np.int32),
            bits=np.concatenate(self.bits) if number else np.empty(0, np.float64),
        )


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
    """A star for every near-proof identifier of more than `block` accounts and for every combination that links.

    Where one side of a combination has at most `block` accounts, its pairs are looked at one by one instead.
    """
    builder = _Builder(rule.threshold, [], [], [], [])
    degree = holdings.degree
    for identifier in np.flatnonzero((degree > block) & rarity.near_proof & rarity.links):
        place = np.arange(holdings.identifier_ptr[identifier], holdings.identifier_ptr[identifier + 1])
        evidence = member_bits(holdings, kinds, rarity, int(identifier), place, as_of)
        for cell in cells(holdings, kinds, int(identifier), place):
            builder.add(int(identifier), -1, holdings.holder[place[cell]], evidence[cell])
    for first, second in zip(combinations.first, combinations.second, strict=True):
        if min(degree[first], degree[second]) > block and rarity.links[first] and rarity.links[second]:
            _combine(builder, holdings, kinds, rarity, rule, int(first), int(second), as_of)
    return builder.stars()


def _combine(
    builder: _Builder,
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    rule: LinkRule,
    first: int,
    second: int,
    as_of: int,
) -> None:
    """The stars of one combination: accounts that hold both, near enough in time for both."""
    one = np.arange(holdings.identifier_ptr[first], holdings.identifier_ptr[first + 1])
    two = np.arange(holdings.identifier_ptr[second], holdings.identifier_ptr[second + 1])
    account, left, right = np.intersect1d(
        holdings.holder[one], holdings.holder[two], assume_unique=True, return_indices=True
    )
    bits = member_bits(holdings, kinds, rarity, first, one[left], as_of)
    more = member_bits(holdings, kinds, rarity, second, two[right], as_of)
    proof = bool(rarity.near_proof[first] or rarity.near_proof[second])
    if rule.min_families >= 2 and not proof:
        # Each of the two families must count by itself, as for a pair.
        more = np.where((bits >= FAMILY_FLOOR) & (more >= FAMILY_FLOOR), more, -np.inf)
    evidence = bits + more
    later = cells(holdings, kinds, second, two[right])
    for cell in cells(holdings, kinds, first, one[left]):
        for other in later:
            both = np.intersect1d(cell, other)
            if len(both) >= 2:
                builder.add(first, second, account[both], evidence[both])
