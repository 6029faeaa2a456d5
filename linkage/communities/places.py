"""The places of each number of an array, sorted once for all lookups."""

from __future__ import annotations

from dataclasses import dataclass

from linkage.links.holdings import IntArray, LongArray
from linkage.numbering import placed


@dataclass(frozen=True)
class Places:
    """`order[pointer[n] : pointer[n + 1]]` are the places of number n, ascending."""

    order: LongArray
    pointer: LongArray

    @classmethod
    def of(cls, number: IntArray | LongArray, count: int) -> Places:
        """The places of the numbers below `count`."""
        return cls(*placed(number, count))

    def __getitem__(self, number: int) -> LongArray:
        """The places of one number."""
        return self.order[self.pointer[number] : self.pointer[number + 1]]
