"""The places of each number of an array, sorted once for all lookups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.links.holdings import IntArray, LongArray


@dataclass(frozen=True)
class Places:
    """`order[pointer[n] : pointer[n + 1]]` are the places of number n, ascending."""

    order: LongArray
    pointer: LongArray

    @classmethod
    def of(cls, number: IntArray | LongArray, count: int) -> Places:
        """The places of the numbers below `count`."""
        pointer = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(number, minlength=count), out=pointer[1:])
        return cls(np.argsort(number, kind="stable"), pointer)

    def __getitem__(self, number: int) -> LongArray:
        """The places of one number."""
        return self.order[self.pointer[number] : self.pointer[number + 1]]
