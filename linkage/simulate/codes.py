"""Numbers that stand for values, and how they are spelled.

The world is drawn in integers: an address, a device, a card or a template is a 63-bit code until the
moment it is written. That keeps two million accounts within memory, and a code that is a hash of its owner
need not be stored at all.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
I8 = npt.NDArray[np.int8]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_HEX = np.frombuffer("".join(f"{b:02x}" for b in range(256)).encode(), dtype=np.uint8).reshape(256, 2)


class Salt(IntEnum):
    """What a hash is for: two uses of one number must not agree by accident."""

    ACCOUNT = 1
    DEVICE = 2
    CARD = 3
    OWN_TEXT = 4
    OWN_CLIENT = 5
    FAVOURITE = 6
    ORG = 7
    EMAIL = 8
    PHONE = 9
    EXCHANGE = 10
    CREDENTIAL = 11
    TEMPLATE = 12
    SENTENCE = 13
    HOME = 14
    HABIT = 15
    RING = 17
    ROTATION = 18
    TOKENS = 19
    SYSTEM = 20
    TLS = 21
    REFERRAL = 22
    SLOT = 23


def mix(values: U64) -> U64:
    """A bijection of the 64-bit numbers that leaves no order (the finaliser of splitmix64)."""
    x = values.astype(np.uint64) + np.uint64(_GOLDEN)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def fold(seed: int, salt: Salt, *parts: npt.NDArray[np.integer] | int) -> U64:
    """A 64-bit hash of the parts, element by element; shape as the parts broadcast (at least one row)."""
    start = (seed * 0x2545F4914F6CDD1D + salt * 0x9E3779B1) & _MASK
    x = mix(np.full(1, start, dtype=np.uint64))
    for part in parts:
        x = mix(x ^ np.atleast_1d(np.asarray(part)).astype(np.uint64))
    return x


def code(seed: int, salt: Salt, *parts: npt.NDArray[np.integer] | int) -> I64:
    """A positive code whose lowest byte is zero: room for a variant, a BIN or a client number."""
    return ((fold(seed, salt, *parts) >> np.uint64(10)) << np.uint64(8)).astype(np.int64)


def unit(seed: int, salt: Salt, *parts: npt.NDArray[np.integer] | int) -> F64:
    """A hash of the parts as a number in [0, 1)."""
    return (fold(seed, salt, *parts) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def below(bound: int | npt.NDArray[np.integer], draws: F64) -> I64:
    """Numbers in [0, bound) from draws in [0, 1)."""
    return (draws * bound).astype(np.int64)


def choose(weights: npt.ArrayLike, draws: F64) -> I64:
    """Positions drawn with the given weights from draws in [0, 1)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, draws * edges[-1], side="right")
    return np.asarray(np.minimum(found, edges.size - 1), dtype=np.int64)


def hex_strings(values: npt.NDArray[np.integer], prefix: str = "", width: int = 16) -> pa.Array:
    """Each value as prefix and `width` hex digits (32 takes a second hash of the value)."""
    words = values.astype(np.uint64)
    columns = [words] if width <= 16 else [words, mix(words)]
    raw = np.stack(columns, axis=1).astype(">u8").view(np.uint8).reshape(len(words), 8 * len(columns))
    digits = _HEX[raw].reshape(len(words), 16 * len(columns))
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    text = np.empty((len(words), len(head) + width), dtype=np.uint8)
    text[:, : len(head)] = head
    text[:, len(head) :] = digits[:, digits.shape[1] - width :]
    offsets = np.arange(len(words) + 1, dtype=np.int32) * np.int32(text.shape[1])
    return pa.Array.from_buffers(pa.string(), len(words), [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def join_pieces(bank: pa.Array, pieces: npt.NDArray[np.integer]) -> pa.Array:
    """One string a row of `pieces` (rows x positions in the bank), the pieces set end to end.

    Taking all pieces row after row lays the joined text out in one buffer, so that joining costs nothing
    but the new offsets.
    """
    rows, width = pieces.shape
    flat = bank.take(pa.array(np.ascontiguousarray(pieces).ravel()))
    offsets = np.frombuffer(flat.buffers()[1], dtype=np.int32)[: rows * width + 1 : width]
    data = flat.buffers()[2] or pa.py_buffer(b"")
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(offsets.copy()), data])
