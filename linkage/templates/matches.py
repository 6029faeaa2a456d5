"""Every text against every template.

A text uses a template if it holds most of the template's weight (containment, Broder 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

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
_RANK = 1 << 24
"""Keeps scores above zero, which stands for a free place."""


@dataclass(frozen=True)
class Index:
    """Templates by their heaviest shingles: a hash table over lists, behind a bitmap for the many misses."""

    bitmap: Bytes
    table: Hashes
    slots: Ints32
    starts: Ints64
    templates: Ints32


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
    return Index(
        bitmap,
        table,
        slots,
        np.append(starts, len(order)).astype(np.int64),
        (order // SAMPLED).astype(np.int32),
    )


@compiled
def _match_text(
    shingles: Hashes,
    bitmap: Bytes,
    table: Hashes,
    slots: Ints32,
    starts: Ints64,
    templates: Ints32,
    keys: Hashes,
    weights: Ints32,
    totals: Ints64,
    contained: float,
    tried: Ints64,
    serial: int,
    found: Hashes,
    scores: Ints32,
) -> None:
    """Templates that the text holds, numbered from one, best first: by weight held less weight missing."""
    size = 0
    own = np.empty(0, dtype=np.uint64)
    for value in shingles:
        bit = signed(value >> np.uint64(64 - _FILTER_BITS))
        if not bitmap[bit >> 3] & np.uint8(1 << (bit & 7)):
            continue
        slot = slot_of(table, len(table), value)
        if table[slot] == 0:
            continue
        if size == 0:
            size = table_size(len(shingles))
            own = np.zeros(size, dtype=np.uint64)
            for shingle in shingles:
                own[slot_of(own, size, shingle)] = shingle
        first = starts[slots[slot]]
        for i in range(first, min(starts[slots[slot] + 1], first + _POSTINGS)):
            template = templates[i]
            if tried[template] == serial:
                continue
            tried[template] = serial
            held = 0
            for k in range(keys.shape[1]):
                key = keys[template, k]
                if key == 0:
                    break
                if own[slot_of(own, size, key)] == key:
                    held += weights[template, k]
            if held < contained * totals[template]:
                continue
            score = _RANK + 2 * held - totals[template]
            keep_heaviest(found, scores, np.uint64(template + 1), score)


@compiled
def _match(
    values: Hashes,
    offsets: Ints64,
    bitmap: Bytes,
    table: Hashes,
    slots: Ints32,
    starts: Ints64,
    templates: Ints32,
    keys: Hashes,
    weights: Ints32,
    totals: Ints64,
    contained: float,
    tried: Ints64,
    serial: int,
    out_offsets: Ints64,
    out: Ints32,
) -> int:
    """Match each text of a batch; returns the number of matches."""
    found = np.zeros(_MATCHES, dtype=np.uint64)
    scores = np.zeros(_MATCHES, dtype=np.int32)
    used = 0
    for row in range(len(offsets) - 1):
        found[:] = 0
        scores[:] = 0
        _match_text(
            values[offsets[row] : offsets[row + 1]],
            bitmap,
            table,
            slots,
            starts,
            templates,
            keys,
            weights,
            totals,
            contained,
            tried,
            serial + row,
            found,
            scores,
        )
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
        self._tried: Ints64 = np.full(len(catalogue.totals), -1, dtype=np.int64)
        self._serial = 0

    def match(self, shingles: Shingles) -> tuple[Ints64, Ints32]:
        """Templates of each text, best first, as offsets and template numbers."""
        rows = len(shingles.digests)
        offsets = np.zeros(rows + 1, dtype=np.int64)
        matches = np.empty(rows * _MATCHES, dtype=np.int32)
        index, catalogue = self._index, self._catalogue
        used = _match(
            shingles.values,
            shingles.offsets,
            index.bitmap,
            index.table,
            index.slots,
            index.starts,
            index.templates,
            catalogue.keys,
            catalogue.weights,
            catalogue.totals,
            self._contained,
            self._tried,
            self._serial,
            offsets,
            matches,
        )
        self._serial += rows
        return offsets, matches[:used].copy()
