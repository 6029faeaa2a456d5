"""The lines behind pairs, computed on demand from the sightings, and what they add up to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.cores import CORES
from linkage.links.holdings import BoolArray, ByteArray, FloatArray, Holdings, IntArray, LongArray
from linkage.links.kernels import FAMILIES, grown, shared_bits
from linkage.links.rarity import FAMILY_FLOOR, KindArrays, LinkRule, Rarity, proves


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
    account_ptr,
    identifier,
    first,
    last,
    count,
    bucket_ptr,
    buckets,
    kind,
    links,
    all_values,
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
    room = 1024
    out = np.empty((room, 5), np.int64)
    out_bits = np.empty(room, np.float64)
    found = 0
    for pair in range(len(pair_a)):
        a, b = pair_a[pair], pair_b[pair]
        i, i_stop = account_ptr[a], account_ptr[a + 1]
        j, j_stop = account_ptr[b], account_ptr[b + 1]
        while i < i_stop and j < j_stop:
            if identifier[i] < identifier[j]:
                i += 1
            elif identifier[i] > identifier[j]:
                j += 1
            else:
                value = identifier[i]
                if links[value] or all_values:
                    bits = shared_bits(
                        value,
                        i,
                        j,
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
                    if not links[value]:
                        bits = 0.0
                    if bits > 0.0 or all_values:
                        if found == room:
                            room *= 2
                            out, out_bits = grown(out, room), grown(out_bits, room)
                        out[found, 0] = pair
                        out[found, 1] = value
                        out[found, 2] = max(first[i], first[j])
                        out[found, 3] = max(last[i], last[j])
                        out[found, 4] = count[i] + count[j]
                        out_bits[found] = bits
                        found += 1
                i += 1
                j += 1
    return out[:found], out_bits[:found]


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

    def lines(start: int) -> tuple[LongArray, FloatArray]:
        part = slice(start, start + share)
        rows, bits = _evidence_rows(
            a[part], b[part], holdings.account_ptr, holdings.identifier, holdings.first, holdings.last, holdings.count,
            holdings.bucket_ptr, holdings.buckets, holdings.kind, rarity.links, all_values, rarity.degree,
            rarity.strength, rarity.values, rarity.total, kinds.m, kinds.cap, kinds.window, kinds.half_life, as_of,
        )  # fmt: skip
        rows[:, 0] += start
        return rows, bits

    share = -(-max(len(a), 1) // CORES)
    with ThreadPoolExecutor(CORES) as pool:
        parts = list(pool.map(lines, range(0, max(len(a), 1), share)))
    rows, bits = (np.concatenate(column) for column in zip(*parts, strict=True))
    return PairEvidence(
        pair=rows[:, 0].copy(),
        identifier=rows[:, 1].astype(np.int32),
        bits=bits,
        first=rows[:, 2].astype(np.int32),
        last=rows[:, 3].astype(np.int32),
        count=rows[:, 4].copy(),
    )


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
    by_family = best + np.tile(rule.discount, pairs) * (summed - best)
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
