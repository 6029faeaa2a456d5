"""Pairs that share small blocks, row by row, compiled.

For each account the other holders of its identifiers are gathered into one row of sums, the row-wise sparse
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
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity, family_bits, typical_bits
from linkage.links.worth import shared_bits, weigh

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
def grown(array, room):  # type: ignore[no-untyped-def]
    """The array with room for `room` rows."""
    bigger = np.empty((room,) + array.shape[1:], array.dtype)  # noqa: RUF005 (all that numba knows of shapes)
    bigger[: len(array)] = array
    return bigger


@njit(cache=True)
def _count(bits, at, f, near_proof, counts, best, rest, strong, proof):  # type: ignore[no-untyped-def]
    """Adds one line of family `f` to the sums at `at`; `counts` if it can make up a family."""
    if bits > best[at, f]:
        rest[at, f] += best[at, f]
        best[at, f] = bits
    else:
        rest[at, f] += bits
    if bits >= FAMILY_FLOOR:
        if counts:
            strong[at, f] = True
        if near_proof:
            proof[at] = True


@njit(cache=True, nogil=True)
def _pair_rows(  # type: ignore[no-untyped-def]
    row_from,
    row_to,
    account_ptr,
    identifier,
    worth,
    bucket_ptr,
    buckets,
    identifier_ptr,
    holder,
    holding,
    place,
    kind,
    small,
    extra_ptr,
    extra,
    potential,
    near_proof,
    window,
    family,
    support,
    discount,
    threshold,
    min_families,
):
    """Pairs whose first account lies in [row_from, row_to): arrays a, b, bits, family bits."""
    families = len(discount)
    room = 1024
    out_a = np.empty(room, np.int32)
    out_b = np.empty(room, np.int32)
    out_bits = np.empty(room, np.float64)
    out_family = np.empty((room, families), np.float32)
    found = 0
    # The partners of an account are numbered as they are met, so that their sums lie close together.
    number_of = np.full(len(account_ptr) - 1, -1, np.int32)
    partners = 1024
    met = np.empty(partners, np.int32)
    best = np.zeros((partners, families), np.float32)
    rest = np.zeros((partners, families), np.float32)
    strong = np.zeros((partners, families), np.bool_)
    proof = np.zeros(partners, np.bool_)
    # The account's holding of each of its extra values.
    own = np.full(len(identifier_ptr) - 1, -1, np.int64)
    for a in range(row_from, row_to):
        number = 0
        for left in range(account_ptr[a], account_ptr[a + 1]):
            value = identifier[left]
            if not small[value]:
                continue
            k = kind[value]
            f = family[k]
            for p in range(place[left] + 1, identifier_ptr[value + 1]):
                b = holder[p]
                bits = shared_bits(left, holding[p], window[k], worth, bucket_ptr, buckets)
                if bits < 0.0:
                    continue
                if number_of[b] < 0:
                    if number == partners:
                        partners *= 2
                        met, proof = grown(met, partners), grown(proof, partners)
                        best, rest, strong = (
                            grown(best, partners),
                            grown(rest, partners),
                            grown(strong, partners),
                        )
                    number_of[b] = number
                    met[number] = b
                    best[number] = 0.0
                    rest[number] = 0.0
                    strong[number] = False
                    proof[number] = False
                    number += 1
                _count(bits, number_of[b], f, near_proof[value], True, best, rest, strong, proof)
        if number > 0:
            for i in range(extra_ptr[a], extra_ptr[a + 1]):
                own[identifier[extra[i]]] = extra[i]
        for t in range(number):
            b = met[t]
            number_of[b] = -1
            bits = 0.0
            for f in range(families):
                # Without the bound of `family_bits`: a larger line that is still to come would lift it.
                bits += best[t, f] + discount[f] * rest[t, f]
            # What cannot reach the threshold with all that is left is not looked at any further.
            if bits + min(potential[a], potential[b]) < threshold:
                continue
            # The values that make no candidates (large blocks, supporting kinds) still speak for one that others made.
            for j in range(extra_ptr[b], extra_ptr[b + 1]):
                right = extra[j]
                value = identifier[right]
                left = own[value]
                if left < 0:
                    continue
                k = kind[value]
                bits = shared_bits(left, right, window[k], worth, bucket_ptr, buckets)
                if bits >= 0.0:
                    _count(bits, t, family[k], near_proof[value], not support[k], best, rest, strong, proof)
            bits = 0.0
            number_of_families = 0
            for f in range(families):
                best[t, f] = family_bits(best[t, f], rest[t, f], discount[f])
                bits += best[t, f]
                if strong[t, f]:
                    number_of_families += 1
            if bits >= threshold and (number_of_families >= min_families or proof[t]):
                if found == room:
                    room *= 2
                    out_a, out_b = grown(out_a, room), grown(out_b, room)
                    out_bits, out_family = grown(out_bits, room), grown(out_family, room)
                out_a[found] = a
                out_b[found] = b
                out_bits[found] = bits
                out_family[found] = best[t]
                found += 1
        if number > 0:
            for i in range(extra_ptr[a], extra_ptr[a + 1]):
                own[identifier[extra[i]]] = -1
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

    everybody = np.ones(holdings.accounts, dtype=np.bool_)
    worth = weigh(holdings, kinds, rarity, accounts=everybody, values=shared, as_of=as_of)
    # Where each holding lies among those of its identifier: further holders come after it.
    place = np.empty(len(holdings.holding), dtype=np.int64)
    place[holdings.holding] = np.arange(len(place), dtype=np.int64)

    def rows(start: int) -> tuple[IntArray, IntArray, FloatArray, npt.NDArray[np.float32]]:
        found: tuple[IntArray, IntArray, FloatArray, npt.NDArray[np.float32]] = _pair_rows(
            start, min(start + share, holdings.accounts),
            holdings.account_ptr, holdings.identifier, worth, holdings.bucket_ptr, holdings.buckets,
            holdings.identifier_ptr, holdings.holder, holdings.holding, place, holdings.kind, small,
            extra_ptr, extra, potential, rarity.near_proof, kinds.window, kinds.family, kinds.support, rule.discount,
            rule.threshold, rule.min_families,
        )  # fmt: skip
        return found

    share = -(-max(holdings.accounts, 1) // (PARTS_PER_CORE * CORES))
    with ThreadPoolExecutor(CORES) as pool:
        parts = list(pool.map(rows, range(0, max(holdings.accounts, 1), share)))
    a, b, bits, family_bits = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((b, a))
    return Pairs(a=a[order], b=b[order], bits=bits[order], family_bits=family_bits[order])
