"""Fingerprints of 64 bits: what has the same one as last night is not written again."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

UInts = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed(*columns: npt.NDArray[Any]) -> UInts:
    """One number from the numbers of each row, in their order (splitmix64: Steele, Lea, Flood 2014)."""
    state = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        state = _mix(
            state * np.uint64(3)
            + _mix(column.astype(np.int64).view(np.uint64) if column.dtype != np.uint64 else column)
        )
    return state


def summed(owner: npt.NDArray[Any], values: UInts, owners: int) -> UInts:
    """One number for each owner's lines, whatever their order."""
    total = np.zeros(owners, dtype=np.uint64)
    np.add.at(total, owner, values)
    return total


def of_texts(texts: list[str]) -> UInts:
    """A number for each text."""
    hashed: UInts = pd.util.hash_array(np.array(texts, dtype=object), categorize=False)
    return hashed


def of_row(row: dict[str, Any]) -> int:
    """A signed number for all values of a row."""
    digest = hashlib.blake2b(repr(tuple(row.items())).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def signed(values: UInts) -> npt.NDArray[np.int64]:
    """As the server stores them."""
    return values.view(np.int64)


def _mix(values: UInts) -> UInts:
    values = values + _GOLDEN
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed_: UInts = values ^ (values >> np.uint64(31))
    return mixed_
