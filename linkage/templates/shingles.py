"""From token runs to shingle sets, in one compiled pass over Arrow's buffers.

A shingle (Broder, "On the resemblance and containment of documents", 1997) is three tokens in a row, five
where they are single characters. The first and the last two tokens are shingles too, since a template like
"Title: …" has nothing else. The first and the last eight tokens make one "edge" shingle each: long enough to
speak alone, for accounts that sent too few texts to repeat anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.templates.canonical import buffers, canonicalise
from linkage.templates.characters import ascii_kinds
from linkage.templates.compiled import Bytes, Hashes, Ints64, compiled, inlined, mix, slot_of, table_size
from linkage.templates.params import TemplateParams
from linkage.templates.tokens import ONE, tokenise

WORDS = 3
"""Tokens in a shingle of words: two are common language, four break at every synonym."""
GLYPHS = 5
"""Characters in a shingle of a script without spaces: about as much text as three short words."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_ASCII_KINDS = ascii_kinds()


@dataclass(frozen=True)
class Shingles:
    """Shingles of a batch of texts: `values[offsets[i]:offsets[i + 1]]` are the distinct ones of text i."""

    values: Hashes
    offsets: Ints64
    heads: Hashes
    """Edge shingle at the start of each text; zero if the text is no longer than that."""
    tails: Hashes
    digests: Hashes
    """Hash of all the text's tokens. It orders an account's texts by content, never by arrival."""


@inlined
def _span(tokens: Hashes, first: int, length: int) -> np.uint64:
    """Hash of a run of tokens, never zero."""
    value = np.uint64(length) * _STEP
    for i in range(first, first + length):
        value = mix((value ^ tokens[i]) + _STEP)
    return value | ONE


@inlined
def _nth(tokens: Hashes, count: int, edge: int, i: int) -> np.uint64:
    """The i-th shingle of a text: the inner ones from 0, the four at the edges below."""
    if i == -1:
        return _span(tokens, 0, 2)
    if i == -2:
        return _span(tokens, count - 2, 2)
    if i == -3:
        return _span(tokens, 0, edge)
    if i == -4:
        return _span(tokens, count - edge, edge)
    if i + GLYPHS <= count and tokens[i] & tokens[i + 1] & tokens[i + 2] & ONE:
        return _span(tokens, i, GLYPHS)
    return _span(tokens, i, WORDS)


@compiled
def _shingle(
    data: Bytes,
    starts: Ints64,
    kinds: Bytes,
    edge: int,
    tokens: Hashes,
    seen: Hashes,
    values: Hashes,
    offsets: Ints64,
    edges: Hashes,
    digests: Hashes,
) -> int:
    """Fill the arrays of `Shingles`; `seen` is scratch for the longest text."""
    used = 0
    for row in range(len(starts) - 1):
        offsets[row] = used
        count = tokenise(data, starts[row], starts[row + 1], kinds, tokens)
        digests[row] = _span(tokens, 0, count)
        if count <= 2:
            continue
        first = -2
        if count > edge:
            edges[0, row] = _span(tokens, 0, edge)
            edges[1, row] = _span(tokens, count - edge, edge)
            first = -4
        size = table_size(count + 4)
        seen[:size] = 0
        for i in range(first, count - WORDS + 1):
            value = _nth(tokens, count, edge, i)
            slot = slot_of(seen, size, value)
            if seen[slot] == 0:
                seen[slot] = value
                values[used] = value
                used += 1
    offsets[len(starts) - 1] = used
    return used


def shingle(texts: pa.Array, params: TemplateParams) -> Shingles:
    """Distinct shingles of each text."""
    data, starts = buffers(canonicalise(texts, head=params.head_bytes, tail=params.tail_bytes))
    rows = len(starts) - 1
    longest = int(np.diff(starts).max()) if rows else 0
    # A text of b bytes has at most b tokens, hence at most b + 4 shingles with its edges.
    values = np.empty(int(starts[-1] - starts[0]) + 4 * rows, dtype=np.uint64)
    offsets = np.zeros(rows + 1, dtype=np.int64)
    edges = np.zeros((2, rows), dtype=np.uint64)
    digests = np.zeros(rows, dtype=np.uint64)
    tokens = np.empty(longest + 2, dtype=np.uint64)
    seen = np.empty(table_size(longest + 6), dtype=np.uint64)
    used = _shingle(
        data, starts, _ASCII_KINDS, params.edge_tokens, tokens, seen, values, offsets, edges, digests
    )
    return Shingles(values[:used].copy(), offsets, edges[0], edges[1], digests)
