"""How much a shared identifier says: bits, their parts and their prior.

The weight of a shared value is that of Fellegi and Sunter (1969) in its term-frequency form (Winkler 1989): the
log-ratio of the chance `m` that two accounts of one party share a value of this kind to the chance `u` that an
unrelated account holds the value *given that this one does*, `(d − 1) · n / S`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.links.holdings import BoolArray, ByteArray, FloatArray, Holdings, IntArray

# Two holders of one group leave no outsider; half a one keeps u above zero (the usual Jeffreys correction).
FEWEST_OTHERS = 0.5
# A family counts towards `min_families` from this many bits: below it, it is a coincidence among thousands.
FAMILY_FLOOR = 3.0


def proves(near_proof: BoolArray, bits: FloatArray) -> BoolArray:
    """Which lines of evidence stand for a second family: near-proof ones that a family of their own would count for.

    A mailbox that a dozen strangers' accounts show is near-proof by its kind and says next to nothing.
    """
    found: BoolArray = near_proof & (bits >= FAMILY_FLOOR)
    return found


@dataclass(frozen=True)
class KindArrays:
    """The kinds as the kernels read them: one entry a kind number, `window` and `half_life` in hours (0: none)."""

    m: FloatArray
    cap: FloatArray
    window: IntArray
    half_life: FloatArray
    family: ByteArray
    near_proof: BoolArray
    support: BoolArray  # adds bits to a link that others make, never makes one and never counts as a family
    commonness: BoolArray  # False: the kind knows no hubs, each shared value gives the whole cap


@dataclass(frozen=True)
class LinkRule:
    """When evidence makes a link: `prior + bits ≥ log-odds of the posterior`, from enough families.

    `prior` is log2 of the odds that two random accounts share a party, `threshold` the bits that a link needs,
    `discount` the weight of each further line of a family after its best.
    """

    prior: float
    threshold: float
    min_families: int
    discount: FloatArray

    @property
    def posterior(self) -> float:
        """The chance that a link exactly at the threshold is one of one party."""
        odds: float = 2.0 ** (self.prior + self.threshold)
        return odds / (1.0 + odds)


def prior_log_odds(accounts: int, partners: float = 1.0) -> float:
    """log2 odds that two random accounts share a party, when an account has `partners` others of its own on average."""
    return float(math.log2(partners / max(accounts - 1, 1)))


def threshold_bits(prior: float, posterior: float) -> float:
    """Bits of evidence that lift the prior (log2 odds) to the posterior probability."""
    return float(math.log2(posterior / (1.0 - posterior)) - prior)


@njit(cache=True, inline="always")
def plain_bits(m: float, cap: float, degree: float, values: float, total: float):  # type: ignore[no-untyped-def]
    """`log2(m / u)` up to the kind's cap, below 0 where the value is commoner among strangers."""
    others = max(degree - 1.0, FEWEST_OTHERS)
    u = min(others * values / total, 1.0)
    return min(math.log2(m / u), cap)


@njit(cache=True, inline="always")
def faded(age: float, half_life: float):  # type: ignore[no-untyped-def]
    """The share of bits that is left after `age` hours."""
    if half_life > 0.0 and age > 0.0:
        return 2.0 ** (-age / half_life)
    return 1.0


@njit(cache=True, inline="always")
def value_bits(  # type: ignore[no-untyped-def]
    m: float, cap: float, degree: float, values: float, total: float, age: float, half_life: float
):
    """Bits of one shared value: `log2(m / u)` between 0 and the kind's cap, halved every `half_life` hours of `age`."""
    return max(plain_bits(m, cap, degree, values, total) * faded(age, half_life), 0.0)


@dataclass(frozen=True)
class Rarity:
    """What the data says of each identifier and kind before any pair is looked at.

    `degree` is the effective number of holders (in the kind's window, groups counted once), `strength` replaces
    the computed bits where it is not NaN (near-proof identifiers), `links` is False for hubs. `values` and `total`
    are n per (account, kind) and S per kind.
    """

    degree: FloatArray
    strength: FloatArray
    links: BoolArray
    near_proof: BoolArray
    values: npt.NDArray[np.uint16]
    total: FloatArray


def plain_rarity(
    holdings: Holdings, kinds: KindArrays, values: npt.NDArray[np.uint16], total: FloatArray, peak: FloatArray
) -> Rarity:
    """Rarity from degrees alone: `peak` is the most accounts that held each identifier within its window."""
    return Rarity(
        degree=peak.astype(np.float64),
        strength=np.where(kinds.commonness[holdings.kind], np.nan, kinds.cap[holdings.kind]),
        links=np.ones(holdings.identifiers, dtype=np.bool_),
        near_proof=kinds.near_proof[holdings.kind],
        values=values,
        total=total,
    )


@njit(cache=True, nogil=True)
def family_bits(best, further, discount):  # type: ignore[no-untyped-def]
    """Bits of a family: its `best` line, and of all `further` ones a part, but never more than a series would give.

    A pool has dozens of addresses, and to share many of them is to rent one pool. If each line repeated the one before
    it but for a part `discount`, all of them would say `best · (1 + discount + discount² + …)`. Lines that are
    independent (discount 1) count in full.
    """
    if discount >= 1.0:
        return best + further
    return best + discount * min(further, best / (1.0 - discount))


def families_bits(best: FloatArray, further: FloatArray, discount: FloatArray) -> FloatArray:
    """The same for each entry of arrays."""
    most = np.divide(best, 1.0 - discount, out=np.full_like(further, np.inf), where=discount < 1.0)
    summed: FloatArray = best + discount * np.minimum(further, most)
    return summed


def typical_bits(
    holdings: Holdings, kinds: KindArrays, rarity: Rarity, busy: float | None = None
) -> FloatArray:
    """Bits of each identifier between two accounts that hold `busy` values of its kind (None: as many as is usual)."""
    kind = holdings.kind
    usual = rarity.total / np.maximum((rarity.values > 0).sum(axis=0), 1)
    values = usual if busy is None else np.full_like(usual, busy)
    bits = fresh_bits(kinds, kind, rarity.degree, values[kind], rarity.total[kind])
    return np.where(np.isnan(rarity.strength), bits, rarity.strength)


def fresh_bits(
    kinds: KindArrays,
    kind: int | ByteArray,
    degree: npt.ArrayLike,
    values: npt.ArrayLike,
    total: npt.ArrayLike,
) -> FloatArray:
    """`value_bits` of many values at once, as of the moment they were seen; the arguments broadcast."""
    others = np.maximum(np.asarray(degree) - 1.0, FEWEST_OTHERS)
    u = np.minimum(others * np.asarray(values) / np.asarray(total), 1.0)
    bits: FloatArray = np.maximum(np.minimum(np.log2(kinds.m[kind] / u), kinds.cap[kind]), 0.0)
    return bits
