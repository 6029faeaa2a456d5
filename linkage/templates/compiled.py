"""The one place where numba meets the type checker, and the bit mixing that every kernel shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

Bytes = NDArray[np.uint8]
Ints16 = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Hashes = NDArray[np.uint64]
"""Arrays of 64-bit shingle hashes; zero stands for "no shingle"."""


def compiled(function: Function) -> Function:
    """Compile to machine code on first use and keep the result on disk for the next process."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compile into each caller.

    For the innermost functions that take arrays: a call raises and lowers each array's reference count
    atomically, which cost half of the tokeniser's time.
    """
    return cast(Function, njit(inline="always")(function))


@compiled
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a hash: the finaliser of SplitMix64 (Steele, Lea & Flood 2014)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value


@compiled
def table_size(entries: int) -> int:
    """Smallest power of two that keeps an open-addressing table at most half full."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size


@compiled
def signed(value: np.unsignedinteger[Any]) -> int:
    """An unsigned number as a signed one; numba's `int` keeps it unsigned and mixing the two makes floats."""
    return np.int64(value)  # type: ignore[return-value]


@inlined
def slot_of(table: Hashes, size: int, value: np.uint64) -> int:
    """Slot of `table[:size]` that holds `value`, or the free one (zero) where it would go."""
    slot = signed((value >> np.uint64(16)) & np.uint64(size - 1))
    while table[slot] != 0 and table[slot] != value:
        slot = (slot + 1) & (size - 1)
    return slot


@compiled
def keep_heaviest(keys: Hashes, weights: Ints32, key: np.uint64, weight: int) -> None:
    """Insert into a list of fixed length, heaviest first and ties by key; free places weigh zero."""
    at = len(keys)
    while at > 0 and (weights[at - 1] < weight or (weights[at - 1] == weight and keys[at - 1] > key)):
        at -= 1
    if at == len(keys):
        return
    for i in range(len(keys) - 1, at, -1):
        keys[i] = keys[i - 1]
        weights[i] = weights[i - 1]
    keys[at] = key
    weights[at] = weight
