"""The lines behind pairs, computed on demand from the sightings, and what they add up to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.cores import CORES
from linkage.links.holdings import BoolArray, ByteArray, FloatArray, Holdings, IntArray, LongArray
from linkage.links.kernels import FAMILIES, grown
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity, families_bits, proves
from linkage.links.worth import shared_bits, weigh


@dataclass(frozen=True)
class PairEvidence:
    """The lines behind pairs: `pair` indexes the pairs asked for; dates in hours since 1970; `bits` before discount.

    `first` is when the value became shared (the later of the two first sightings), `last` its last sighting by
    either, `count` the sightings of both.
    """

    pair: LongArray
    identifier: IntArray
    bits: FloatArray
    first: IntArray
    last: IntArray
    count: LongArray

    def of_pairs(self, kept: BoolArray) -> PairEvidence:
        """The lines of some of the pairs (a mask over all), numbered by their place among those."""
        place = np.cumsum(kept) - 1
        lines = kept[self.pair]
        return PairEvidence(
            pair=place[self.pair[lines]],
            identifier=self.identifier[lines],
            bits=self.bits[lines],
            first=self.first[lines],
            last=self.last[lines],
            count=self.count[lines],
        )


@njit(cache=True, nogil=True)
def _evidence_rows(  # type: ignore[no-untyped-def]
    pair_a,
    pair_b,
    pair_from,
    account_ptr,
    identifiers,
    first,
    last,
    count,
    worth,
    bucket_ptr,
    buckets,
    kind,
    links,
    all_values,
    window,
):
    """The lines of pairs, which are numbered from `pair_from` on: columns of `PairEvidence`."""
    room = 1024
    out_pair = np.empty(room, np.int64)
    out_identifier = np.empty(room, np.int32)
    out_bits = np.empty(room, np.float64)
    out_first = np.empty(room, np.int32)
    out_last = np.empty(room, np.int32)
    out_count = np.empty(room, np.int64)
    found = 0
    # The holding of each value by the account that `own` is of: the first of a pair, which is mostly that of the last.
    own = np.full(len(links), -1, np.int64)
    owner = -1
    for pair in range(len(pair_a)):
        a, b = pair_a[pair], pair_b[pair]
        if a != owner:
            if owner >= 0:
                for at in range(account_ptr[owner], account_ptr[owner + 1]):
                    own[identifiers[at]] = -1
            for at in range(account_ptr[a], account_ptr[a + 1]):
                own[identifiers[at]] = at
            owner = a
        for right in range(account_ptr[b], account_ptr[b + 1]):
            value = identifiers[right]
            left = own[value]
            if left < 0 or not (links[value] or all_values):
                continue
            bits = shared_bits(left, right, window[kind[value]], worth, bucket_ptr, buckets)
            if not links[value]:
                bits = 0.0
            if bits > 0.0 or all_values:
                if found == room:
                    room *= 2
                    out_pair, out_identifier = grown(out_pair, room), grown(out_identifier, room)
                    out_bits, out_count = grown(out_bits, room), grown(out_count, room)
                    out_first, out_last = grown(out_first, room), grown(out_last, room)
                out_pair[found] = pair_from + pair
                out_identifier[found] = value
                out_bits[found] = bits
                out_first[found] = max(first[left], first[right])
                out_last[found] = max(last[left], last[right])
                out_count[found] = count[left] + count[right]
                found += 1
    return (
        out_pair[:found],
        out_identifier[:found],
        out_bits[:found],
        out_first[:found],
        out_last[:found],
        out_count[:found],
    )


def pair_evidence(
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    a: IntArray,
    b: IntArray,
    *,
    as_of: int,
    all_values: bool = False,
) -> PairEvidence:
    """Every value that the pairs (a[i], b[i]) share, with its bits, from the sightings.

    `all_values` keeps the shared values that give nothing too: hubs with 0 bits, and values that the two never held
    near each other in time with −1.
    """
    asked = np.zeros(holdings.accounts, dtype=np.bool_)
    asked[a] = asked[b] = True
    worth = weigh(holdings, kinds, rarity, accounts=asked, values=rarity.links | all_values, as_of=as_of)

    def lines(start: int) -> tuple[npt.NDArray[Any], ...]:
        part = slice(start, start + share)
        columns: tuple[npt.NDArray[Any], ...] = _evidence_rows(
            a[part], b[part], start, holdings.account_ptr, holdings.identifier, holdings.first, holdings.last,
            holdings.count, worth, holdings.bucket_ptr, holdings.buckets, holdings.kind, rarity.links, all_values,
            kinds.window,
        )  # fmt: skip
        return columns

    share = -(-max(len(a), 1) // CORES)
    with ThreadPoolExecutor(CORES) as pool:
        parts = list(pool.map(lines, range(0, max(len(a), 1), share)))
    return PairEvidence(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def combine(
    kinds: KindArrays, rarity: Rarity, rule: LinkRule, kind: ByteArray, evidence: PairEvidence, pairs: int
) -> tuple[FloatArray, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Bits, counted families and near-proof of each pair from its evidence lines: the rule that the kernel applies."""
    line_kind = kind[evidence.identifier]
    family = kinds.family[line_kind].astype(np.int64)
    positive = np.maximum(evidence.bits, 0.0)
    cell = evidence.pair * FAMILIES + family
    best = np.zeros(pairs * FAMILIES)
    np.maximum.at(best, cell, positive)
    summed = np.bincount(cell, positive, minlength=pairs * FAMILIES)
    by_family = families_bits(best, summed - best, np.tile(rule.discount, pairs))
    counts = (evidence.bits >= FAMILY_FLOOR) & ~kinds.support[line_kind]
    strong = np.zeros(pairs * FAMILIES, dtype=np.bool_)
    strong[cell[counts]] = True
    proof = np.zeros(pairs, dtype=np.bool_)
    proof[evidence.pair[proves(rarity.near_proof[evidence.identifier], evidence.bits)]] = True
    return (
        by_family.reshape(pairs, FAMILIES).sum(axis=1),
        strong.reshape(pairs, FAMILIES).sum(axis=1),
        proof,
    )
