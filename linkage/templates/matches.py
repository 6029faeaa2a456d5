"""Every text against every template.

A text uses a template if it holds most of the template's weight (containment, Broder 1997).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linkage.templates.clusters import SAMPLED, Catalogue
from linkage.templates.compiled import (
    Bytes,
    Hashes,
    Ints32,
    Ints64,
    compiled,
    keep_heaviest,
    signed,
    slot_of,
    table_size,
)
from linkage.templates.params import TemplateParams
from linkage.templates.shingles import Shingles

_FILTER_BITS = 24
_POSTINGS = 64
"""Templates looked at for one shingle. One with more is in so many that another shingle tells them apart."""
_MATCHES = 32
"""Templates noted for one text, the best first."""
_HITS_ASKED = 4
"""One in so many of a template's indexed shingles must be in a text before all its weight is added up. A text
that holds 70 % of the weight holds fewer than two of eight with a chance of 0.1 %."""
_LOOKUPS = 8192
"""Shingles of templates looked for in one text, templates with the most hits first: what one text can cost.
Some 256 templates can be weighed with it; a text of real traffic is in a handful."""
_RANK = 1 << 24
"""Keeps scores above zero, which stands for a free place."""


class Index(NamedTuple):
    """Templates by their heaviest shingles: a hash table over lists, behind a bitmap for the many misses."""

    bitmap: Bytes
    table: Hashes
    slots: Ints32
    starts: Ints64
    templates: Ints32
    asked: Bytes
    """Hits that each template needs, of those that its lists can give."""


@compiled
def _fill(samples: Hashes, bitmap: Bytes, table: Hashes, slots: Ints32) -> None:
    for i in range(len(samples)):
        bit = signed(samples[i] >> np.uint64(64 - _FILTER_BITS))
        bitmap[bit >> 3] |= np.uint8(1 << (bit & 7))
        slot = slot_of(table, len(table), samples[i])
        table[slot] = samples[i]
        slots[slot] = i


def index_templates(catalogue: Catalogue) -> Index:
    """Index of a catalogue."""
    samples = catalogue.keys[:, :SAMPLED].ravel()
    order = np.argsort(samples, kind="stable")
    order = order[samples[order] != 0]
    values, starts = np.unique(samples[order], return_index=True)
    table = np.zeros(table_size(len(values)), dtype=np.uint64)
    slots = np.zeros(len(table), dtype=np.int32)
    bitmap = np.zeros(1 << (_FILTER_BITS - 3), dtype=np.uint8)
    _fill(values, bitmap, table, slots)
    bounds = np.append(starts, len(order)).astype(np.int64)
    templates = (order // SAMPLED).astype(np.int32)
    place = np.arange(len(order)) - np.repeat(bounds[:-1], np.diff(bounds))
    reachable = np.bincount(templates[place < _POSTINGS], minlength=len(catalogue.totals))
    asked = np.maximum(1, -(-reachable // _HITS_ASKED)).astype(np.uint8)
    return Index(bitmap, table, slots, bounds, templates, asked)


@compiled
def _count_hits(shingles: Hashes, index: Index, hits: Bytes, touched: Ints32) -> int:
    """Count for each template how many of its indexed shingles the text holds; returns how many were touched."""
    size = 0
    for value in shingles:
        bit = signed(value >> np.uint64(64 - _FILTER_BITS))
        if not index.bitmap[bit >> 3] & np.uint8(1 << (bit & 7)):
            continue
        slot = slot_of(index.table, len(index.table), value)
        if index.table[slot] == 0:
            continue
        first = index.starts[index.slots[slot]]
        for i in range(first, min(index.starts[index.slots[slot] + 1], first + _POSTINGS)):
            template = index.templates[i]
            if hits[template] == 0:
                touched[size] = template
                size += 1
            hits[template] += np.uint8(1)
    return size


@compiled
def _match_text(
    shingles: Hashes,
    index: Index,
    keys: Hashes,
    weights: Ints32,
    totals: Ints64,
    contained: float,
    hits: Bytes,
    touched: Ints32,
    found: Hashes,
    scores: Ints32,
) -> None:
    """Templates that the text holds, numbered from one, best first: by weight held less weight missing."""
    candidates = _count_hits(shingles, index, hits, touched)
    if candidates == 0:
        return
    size = table_size(len(shingles))
    own = np.zeros(size, dtype=np.uint64)
    for shingle in shingles:
        own[slot_of(own, size, shingle)] = shingle
    room = _LOOKUPS
    for level in range(SAMPLED, 0, -1):
        for i in range(candidates):
            template = touched[i]
            if hits[template] != level or level < index.asked[template] or room <= 0:
                continue
            bearable = totals[template] - contained * totals[template]
            missing = 0
            for k in range(keys.shape[1]):
                key = keys[template, k]
                if key == 0 or missing > bearable:
                    break
                room -= 1
                if own[slot_of(own, size, key)] != key:
                    missing += weights[template, k]
            if missing <= bearable:
                score = _RANK + totals[template] - 2 * missing
                keep_heaviest(found, scores, np.uint64(template + 1), score)
    for i in range(candidates):
        hits[touched[i]] = 0


@compiled
def _match(
    values: Hashes,
    offsets: Ints64,
    index: Index,
    keys: Hashes,
    weights: Ints32,
    totals: Ints64,
    contained: float,
    out_offsets: Ints64,
    out: Ints32,
) -> int:
    """Match each text of a batch; returns the number of matches."""
    hits = np.zeros(len(totals), dtype=np.uint8)
    touched = np.empty(len(totals), dtype=np.int32)
    found = np.zeros(_MATCHES, dtype=np.uint64)
    scores = np.zeros(_MATCHES, dtype=np.int32)
    used = 0
    for row in range(len(offsets) - 1):
        found[:] = 0
        scores[:] = 0
        text = values[offsets[row] : offsets[row + 1]]
        _match_text(text, index, keys, weights, totals, contained, hits, touched, found, scores)
        for i in range(_MATCHES):
            if found[i] == 0:
                break
            out[used] = signed(found[i]) - 1
            used += 1
        out_offsets[row + 1] = used
    return used


class Matcher:
    """Matches batches of texts to a catalogue."""

    def __init__(self, catalogue: Catalogue, params: TemplateParams) -> None:
        self._catalogue = catalogue
        self._contained = params.contained
        self._index = index_templates(catalogue)

    def match(self, shingles: Shingles) -> tuple[Ints64, Ints32]:
        """Templates of each text, best first, as offsets and template numbers."""
        rows = len(shingles.digests)
        offsets = np.zeros(rows + 1, dtype=np.int64)
        matches = np.empty(rows * _MATCHES, dtype=np.int32)
        catalogue = self._catalogue
        used = _match(
            shingles.values,
            shingles.offsets,
            self._index,
            catalogue.keys,
            catalogue.weights,
            catalogue.totals,
            self._contained,
            offsets,
            matches,
        )
        return offsets, matches[:used].copy()
