"""Fingerprints of 64 bits: what has the same one as last night is not written again."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

UInts = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_NULL = np.uint64(0x6E756C6C)


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


def of_table(table: pa.Table) -> UInts:
    """A number for each row, from all of its columns; a null and a NaN are alike, as they are for the server."""
    columns = [_of_column(column.combine_chunks()) for column in table.columns]
    return mixed(np.full(table.num_rows, len(columns), dtype=np.int64), *columns)


def of_row(row: dict[str, Any]) -> int:
    """A signed number for all values of a row."""
    digest = hashlib.blake2b(repr(tuple(row.items())).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def signed(values: UInts) -> npt.NDArray[np.int64]:
    """As the server stores them."""
    return values.view(np.int64)


def _of_column(column: pa.Array) -> UInts:
    """A number for each value; a list's is of its values in their order."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        length = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        owner = np.repeat(np.arange(len(column)), length)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
        values = mixed(_of_column(pc.list_flatten(column)), place)
        found = mixed(length, summed(owner, values, len(column)))
    elif pa.types.is_dictionary(kind):
        # One text more, since a column of nulls has none.
        found = of_texts([*column.dictionary.to_pylist(), ""])[_filled(column.indices)]
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _of_column(column.dictionary_encode())
    elif pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
        # Adding zero makes minus zero plus zero.
        found = (_filled(column).astype(np.float64) + 0.0).view(np.uint64)
    elif pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        width = pa.int32() if kind.bit_width == 32 and pa.types.is_temporal(kind) else pa.int64()
        found = _filled(column.cast(width)).astype(np.int64).view(np.uint64)
    else:
        return _of_column(column.cast(pa.string()))
    if column.null_count:
        found = np.where(column.is_null().to_numpy(zero_copy_only=False), _NULL, found)
    return found


def _filled(column: pa.Array) -> npt.NDArray[Any]:
    """The numbers, 0 for a null."""
    filled: npt.NDArray[Any] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    return filled


def _mix(values: UInts) -> UInts:
    values = values + _GOLDEN
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed_: UInts = values ^ (values >> np.uint64(31))
    return mixed_
