"""How much a shingle says: bits, by the share of accounts that write it.

Counted on a sample of accounts in one flat array of counters indexed by hash (a count sketch of depth one,
Charikar, Chen & Farach-Colton 2002). A collision can only make a shingle look more common, so it costs
evidence and never invents any.
"""

from __future__ import annotations

import numpy as np

from linkage.templates.compiled import Hashes, Ints16, Ints64, compiled, inlined, signed
from linkage.templates.shingles import Shingles

BIT = 256
"""Weights are whole 256ths of a bit: sums do not depend on their order."""
MOST_ACCOUNTS = 2**15 - 1
"""What 16 bits count."""
_CELLS = 1 << 24
"""Counters; 2048 accounts of 128 texts write some ten million shingles."""


@compiled
def _add(values: Hashes, offsets: Ints64, rows: Ints64, serial: int, last: Ints16, counts: Ints16) -> None:
    """Count each cell once for the account `serial`."""
    mask = np.uint64(len(counts) - 1)
    for row in rows:
        for i in range(offsets[row], offsets[row + 1]):
            cell = signed((values[i] >> np.uint64(32)) & mask)
            if last[cell] != serial:
                last[cell] = serial
                counts[cell] += 1


@inlined
def weight_of(weights: Ints16, value: np.uint64) -> int:
    """Weight of one shingle in 256ths of a bit."""
    return int(weights[signed((value >> np.uint64(32)) & np.uint64(len(weights) - 1))])


class Sketch:
    """Counts, over sampled accounts, in how many each shingle occurs."""

    def __init__(self) -> None:
        self._counts: Ints16 = np.zeros(_CELLS, dtype=np.int16)
        self._last: Ints16 = np.zeros(_CELLS, dtype=np.int16)
        self.accounts = 0

    def add(self, shingles: Shingles, first: int, end: int, texts: int) -> None:
        """Count the texts `first` to `end`, or `texts` of them, as one account."""
        if self.accounts == MOST_ACCOUNTS:
            return
        self.accounts += 1
        rows = first + np.argsort(shingles.digests[first:end], kind="stable")[:texts]
        _add(shingles.values, shingles.offsets, rows, self.accounts, self._last, self._counts)

    def weights(self) -> Ints16:
        """Bits of each cell, log2((accounts + 1) / max(1, count)), in 256ths."""
        table: Ints64 = np.maximum(np.arange(self.accounts + 1), 1)
        bits = np.log2((self.accounts + 1) / table)
        scale: Ints16 = np.rint(bits * BIT).astype(np.int16)
        return scale[self._counts]


def weights_of(weights: Ints16, values: Hashes) -> Ints64:
    """Weights of many shingles in 256ths of a bit; those of the padding are zero."""
    cells = ((values >> np.uint64(32)) & np.uint64(len(weights) - 1)).astype(np.int64)
    return np.where(values != 0, weights[cells].astype(np.int64), 0)
