"""Pairs that share small blocks, row by row, compiled.

For each account the other holders of its identifiers are gathered into one dense row of sums, the row-wise sparse
product of Gustavson (1978): memory is one row, not one cell a shared value. A block larger than `block` accounts is
never expanded into pairs, so the work grows with the sightings and not with the square of a block.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.cores import CORES
from linkage.identifiers.base import Family
from linkage.links.holdings import FloatArray, Holdings, IntArray, LongArray
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity, typical_bits, value_bits

FAMILIES = len(Family)
# Several parts a core even out blocks that lie close together.
PARTS_PER_CORE = 4


@dataclass(frozen=True)
class Pairs:
    """Account pairs (a < b, sorted) with their bits: in total and by family, shape (pairs, families)."""

    a: IntArray
    b: IntArray
    bits: FloatArray
    family_bits: npt.NDArray[np.float32]

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.a)


@njit(cache=True)
def _near_in_time(buckets: IntArray, start: int, stop: int, other: int, other_stop: int, window: int) -> bool:
    """Whether two ascending runs of hours hold two that lie at most `window` apart."""
    if buckets[stop - 1] + window < buckets[other] or buckets[other_stop - 1] + window < buckets[start]:
        return False
    i, j = start, other
    while i < stop and j < other_stop:
        gap = buckets[i] - buckets[j]
        if -window <= gap <= window:
            return True
        if gap < 0:
            i += 1
        else:
            j += 1
    return False


@njit(cache=True)
def shared_bits(  # type: ignore[no-untyped-def]
    value,
    left,
    right,
    a,
    b,
    kind,
    first,
    last,
    bucket_ptr,
    buckets,
    degree,
    strength,
    values,
    total,
    m,
    cap,
    window,
    half_life,
    as_of,
):
    """Bits of one value shared by holdings `left` and `right` of accounts `a` and `b`; −1 if never near in time."""
    k = kind[value]
    if window[k] > 0 and not _near_in_time(
        buckets, bucket_ptr[left], bucket_ptr[left + 1], bucket_ptr[right], bucket_ptr[right + 1], window[k]
    ):
        return -1.0
    if not np.isnan(strength[value]):
        return strength[value]
    busier = max(values[a, k], values[b, k])
    # Shared evidence is as old as the account that dropped the value first.
    age = float(as_of - min(last[left], last[right]))
    return value_bits(m[k], cap[k], degree[value], float(busier), total[k], age, half_life[k])


@njit(cache=True)
def grown(array, room):  # type: ignore[no-untyped-def]
    """The array with room for `room` rows."""
    bigger = np.empty((room,) + array.shape[1:], array.dtype)  # noqa: RUF005 (all that numba knows of shapes)
    bigger[: len(array)] = array
    return bigger


@njit(cache=True)
def _count(bits, b, f, near_proof, counts, best, rest, strong, proof):  # type: ignore[no-untyped-def]
    """Adds one line of family `f` to the row of account `b`; `counts` if it can make up a family."""
    if bits > best[b, f]:
        rest[b, f] += best[b, f]
        best[b, f] = bits
    else:
        rest[b, f] += bits
    if bits >= FAMILY_FLOOR:
        if counts:
            strong[b, f] = True
        if near_proof:
            proof[b] = True


@njit(cache=True, nogil=True)
def _pair_rows(  # type: ignore[no-untyped-def]
    row_from,
    row_to,
    account_ptr,
    identifier,
    first,
    last,
    bucket_ptr,
    buckets,
    identifier_ptr,
    holder,
    holding,
    kind,
    small,
    extra_ptr,
    extra,
    potential,
    degree,
    strength,
    near_proof,
    values,
    total,
    m,
    cap,
    window,
    half_life,
    family,
    support,
    discount,
    threshold,
    min_families,
    as_of,
    best,
    rest,
    proof,
):
    """Pairs whose first account lies in [row_from, row_to): arrays a, b, bits, family bits."""
    families = best.shape[1]
    room = 1024
    out_a = np.empty(room, np.int32)
    out_b = np.empty(room, np.int32)
    out_bits = np.empty(room, np.float64)
    out_family = np.empty((room, families), np.float32)
    found = 0
    seen = np.zeros(best.shape[0], np.bool_)
    touched = np.empty(best.shape[0], np.int32)
    strong = np.zeros((best.shape[0], families), np.bool_)
    for a in range(row_from, row_to):
        number = 0
        for left in range(account_ptr[a], account_ptr[a + 1]):
            value = identifier[left]
            if not small[value]:
                continue
            k = kind[value]
            f = family[k]
            low, high = identifier_ptr[value], identifier_ptr[value + 1]
            place = low + np.searchsorted(holder[low:high], a) + 1
            for p in range(place, high):
                b = holder[p]
                bits = shared_bits(
                    value,
                    left,
                    holding[p],
                    a,
                    b,
                    kind,
                    first,
                    last,
                    bucket_ptr,
                    buckets,
                    degree,
                    strength,
                    values,
                    total,
                    m,
                    cap,
                    window,
                    half_life,
                    as_of,
                )
                if bits < 0.0:
                    continue
                if not seen[b]:
                    seen[b] = True
                    touched[number] = b
                    number += 1
                _count(bits, b, f, near_proof[value], True, best, rest, strong, proof)
        for t in range(number):
            b = touched[t]
            bits = 0.0
            for f in range(families):
                bits += best[b, f] + discount[f] * rest[b, f]
            # What cannot reach the threshold with all that is left is not looked at any further.
            hopeless = bits + min(potential[a], potential[b]) < threshold
            # The values that make no candidates (large blocks, supporting kinds) still speak for one that others made.
            i, i_stop = extra_ptr[a], (extra_ptr[a] if hopeless else extra_ptr[a + 1])
            j, j_stop = extra_ptr[b], extra_ptr[b + 1]
            while i < i_stop and j < j_stop:
                left, right = extra[i], extra[j]
                if identifier[left] < identifier[right]:
                    i += 1
                elif identifier[left] > identifier[right]:
                    j += 1
                else:
                    value = identifier[left]
                    k = kind[value]
                    f = family[k]
                    bits = shared_bits(
                        value,
                        left,
                        right,
                        a,
                        b,
                        kind,
                        first,
                        last,
                        bucket_ptr,
                        buckets,
                        degree,
                        strength,
                        values,
                        total,
                        m,
                        cap,
                        window,
                        half_life,
                        as_of,
                    )
                    if bits >= 0.0:
                        _count(bits, b, f, near_proof[value], not support[k], best, rest, strong, proof)
                    i += 1
                    j += 1
            bits = 0.0
            number_of_families = 0
            for f in range(families):
                best[b, f] += discount[f] * rest[b, f]
                bits += best[b, f]
                if strong[b, f]:
                    number_of_families += 1
            if not hopeless and bits >= threshold and (number_of_families >= min_families or proof[b]):
                if found == room:
                    room *= 2
                    out_a, out_b = grown(out_a, room), grown(out_b, room)
                    out_bits, out_family = grown(out_bits, room), grown(out_family, room)
                out_a[found] = a
                out_b[found] = b
                out_bits[found] = bits
                for f in range(families):
                    out_family[found, f] = best[b, f]
                found += 1
            for f in range(families):
                best[b, f] = 0.0
                rest[b, f] = 0.0
                strong[b, f] = False
            proof[b] = False
            seen[b] = False
    return out_a[:found], out_b[:found], out_bits[:found], out_family[:found]


def _extras(holdings: Holdings, chosen: npt.NDArray[np.bool_]) -> tuple[LongArray, LongArray]:
    """The holdings of the chosen identifiers in compressed rows by account."""
    kept = chosen[holdings.identifier]
    owner = holdings.owner
    pointer = np.zeros(holdings.accounts + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[kept], minlength=holdings.accounts), out=pointer[1:])
    return pointer, np.flatnonzero(kept).astype(np.int64)


def find_pairs(
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    rule: LinkRule,
    *,
    block: int,
    as_of: int,
    supporting: bool = True,
) -> Pairs:
    """All pairs that `rule` links, among accounts that share an identifier of at most `block` accounts.

    `as_of` is in hours since 1970. Identifiers that do not link (hubs) give nothing; larger blocks and supporting
    kinds add their bits to the pairs that smaller blocks propose, supporting kinds only with `supporting`.
    """
    supports = kinds.support[holdings.kind]
    shared = (holdings.degree >= 2) & rarity.links
    small = shared & (holdings.degree <= block) & ~supports
    extra_ptr, extra = _extras(holdings, shared & ~small & (supporting | ~supports))
    most = typical_bits(holdings, kinds, rarity, busy=1.0)[holdings.identifier[extra]]
    owner = np.repeat(np.arange(holdings.accounts), np.diff(extra_ptr))
    potential = np.bincount(owner, most, minlength=holdings.accounts)

    def rows(start: int) -> tuple[IntArray, IntArray, FloatArray, npt.NDArray[np.float32]]:
        # Each thread sums into rows of its own.
        best = np.zeros((holdings.accounts, FAMILIES), np.float32)
        rest = np.zeros((holdings.accounts, FAMILIES), np.float32)
        proof = np.zeros(holdings.accounts, np.bool_)
        found: tuple[IntArray, IntArray, FloatArray, npt.NDArray[np.float32]] = _pair_rows(
            start, min(start + share, holdings.accounts),
            holdings.account_ptr, holdings.identifier, holdings.first, holdings.last, holdings.bucket_ptr,
            holdings.buckets, holdings.identifier_ptr, holdings.holder, holdings.holding, holdings.kind, small,
            extra_ptr, extra, potential, rarity.degree, rarity.strength, rarity.near_proof, rarity.values, rarity.total,
            kinds.m, kinds.cap, kinds.window, kinds.half_life, kinds.family, kinds.support, rule.discount,
            rule.threshold, rule.min_families, as_of, best, rest, proof,
        )  # fmt: skip
        return found

    share = -(-max(holdings.accounts, 1) // (PARTS_PER_CORE * CORES))
    with ThreadPoolExecutor(CORES) as pool:
        parts = list(pool.map(rows, range(0, max(holdings.accounts, 1), share)))
    a, b, bits, family_bits = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((b, a))
    return Pairs(a=a[order], b=b[order], bits=bits[order], family_bits=family_bits[order])
