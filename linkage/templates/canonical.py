"""Canonical text: what mutation does not change.

`canonicalise` bounds the text, folds compatibility forms (NFKC) and case, and leaves white space, quotes and
invisible characters to the tokeniser, which reads every byte anyway.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linkage.templates.characters import width_of
from linkage.templates.compiled import Bytes, Ints64, compiled


@compiled
def _cut(data: Bytes, offsets: Ints64, head: int, tail: int, out: Bytes, out_offsets: Ints64) -> None:
    """Copy each text, the long ones as head + line break + tail, cut between UTF-8 characters."""
    position = 0
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        out_offsets[row] = position
        if end - start <= head + tail:
            for i in range(start, end):
                out[position] = data[i]
                position += 1
        else:
            first_end = start + head
            while first_end > start and data[first_end] & 0xC0 == 0x80:
                first_end -= 1
            last_start = end - tail
            while last_start < end and data[last_start] & 0xC0 == 0x80:
                last_start += 1
            for i in range(start, first_end):
                out[position] = data[i]
                position += 1
            out[position] = 10
            position += 1
            for i in range(last_start, end):
                out[position] = data[i]
                position += 1
    out_offsets[len(offsets) - 1] = position


def buffers(texts: pa.Array) -> tuple[Bytes, Ints64]:
    """Bytes and 64-bit offsets of a text array, without a copy where Arrow allows; nulls read as empty."""
    texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if len(starts) == 0:
        starts = np.zeros(1, dtype=np.int64)
    content = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    return content, starts


def cut(texts: pa.Array, head: int, tail: int) -> pa.Array:
    """Texts with at most `head + tail + 1` bytes each: one of a gigabyte costs no more than another."""
    data, offsets = buffers(texts)
    lengths = np.diff(offsets)
    if len(lengths) == 0 or int(lengths.max()) <= head + tail:
        return texts.cast(pa.large_string())
    size = int(np.minimum(lengths, head + tail + 1).sum())
    out = np.empty(size, dtype=np.uint8)
    out_offsets = np.empty(len(offsets), dtype=np.int64)
    _cut(data, offsets, head, tail, out, out_offsets)
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(out_offsets), pa.py_buffer(out))


@cache
def _stable() -> NDArray[np.bool_]:
    """For each code point of the basic plane, whether folding leaves it alone whatever stands beside it.

    Combining characters and conjoining Jamo may compose with the character before, so they never count.
    """
    stable = np.zeros(0x10000, dtype=np.bool_)
    for code in range(0x10000):
        character = chr(code)
        if unicodedata.category(character)[0] not in "MC" and not 0x1100 <= code <= 0x11FF:
            stable[code] = unicodedata.normalize("NFKC", character.lower()) == character
    stable[:0x80] = True  # the tokeniser lowers ASCII in passing
    for code in (0x200B, 0x200D, 0xFEFF):  # invisible, common, and skipped by the tokeniser
        stable[code] = True
    return stable


@compiled
def _unstable(data: Bytes, offsets: Ints64, stable: NDArray[np.bool_], out: NDArray[np.bool_]) -> None:
    """Mark the texts that folding may change."""
    for row in range(len(offsets) - 1):
        position, end = offsets[row], offsets[row + 1]
        while position < end:
            if data[position] < 0x80:
                position += 1
                continue
            width, code = width_of(data, position, end)
            if code > 0xFFFF or not stable[code]:
                out[row] = True
                break
            position += width


def canonicalise(texts: pa.Array, *, head: int = 4096, tail: int = 2048) -> pa.Array:
    """Texts cut to size, in NFKC and lower case (Unicode Standard Annex 15); ASCII capitals may stay.

    Most texts are their own canonical form but for those capitals, and only the others pay for Unicode.
    Lowering can undo the normal form (U+0130), hence the second normalisation.
    """
    texts = cut(texts, head, tail)
    data, offsets = buffers(texts)
    changes = np.zeros(len(texts), dtype=np.bool_)
    _unstable(data, offsets, _stable(), changes)
    if not changes.any():
        return texts
    mask = pa.array(changes)
    folded = pc.utf8_normalize(pc.utf8_lower(pc.utf8_normalize(texts.filter(mask), form="NFKC")), form="NFKC")
    return pc.replace_with_mask(texts, mask, folded)
