"""What each predicted and each true ring adds to every measure: the sums are the scores, resamples their error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.evaluate.truth import NONE, IntArray

FloatArray = npt.NDArray[np.float64]

MATCH = 0.5
"""A predicted and a true ring match when they share at least this part of their union (Jaccard)."""

MEASURES = ("accounts", "pairs", "rings", "bcubed")
"""The columns of a tally, in their order."""


@dataclass(frozen=True)
class Tally:
    """One row for each ring of one side, one column for each of MEASURES: `good` of `all` count as right.

    `ring` is the ring's number; `strangers` its accounts that belong to no ring of the other side.
    """

    ring: IntArray
    good: FloatArray
    all: FloatArray
    strangers: IntArray

    def sums(self) -> tuple[FloatArray, FloatArray]:
        """Totals of `good` and `all` by measure."""
        return self.good.sum(axis=0), self.all.sum(axis=0)


@dataclass(frozen=True)
class Tallies:
    """Both sides: what follows from `found` is precision, from `true` recall."""

    found: Tally
    true: Tally


def tallies(found: IntArray, true: IntArray) -> Tallies:
    """Tallies of accounts whose predicted and true rings are these numbers (NONE: in none).

    From a contingency table: no pair is ever listed. Rings of a single account are none.
    """
    found_size = np.bincount(found[found != NONE])
    true_size = np.bincount(true[true != NONE])
    shared = (found != NONE) & (true != NONE)
    width = max(len(true_size), 1)
    cells, both = np.unique(found[shared] * width + true[shared], return_counts=True)
    found_cell, true_cell = cells // width, cells % width
    jaccard = both / (found_size[found_cell] + true_size[true_cell] - both)
    match = (jaccard >= MATCH) & (found_size[found_cell] >= 2) & (true_size[true_cell] >= 2)
    return Tallies(_tally(found_size, found_cell, both, match), _tally(true_size, true_cell, both, match))


def _tally(size: IntArray, cell: IntArray, both: IntArray, match: npt.NDArray[np.bool_]) -> Tally:
    rings = len(size)
    common = np.bincount(cell, both, rings)
    # Each of the `both` accounts of a cell sees that many of its own; the others see only themselves.
    seen = np.bincount(cell, both.astype(np.float64) ** 2, rings) + (size - common)
    good = np.stack(
        [
            common,
            np.bincount(cell, _pairs(both), rings),
            np.bincount(cell, match, rings) > 0,
            seen / np.maximum(size, 1),
        ],
        axis=1,
    )
    every = np.stack([size, _pairs(size), size >= 2, size], axis=1)
    there = np.flatnonzero(size)
    return Tally(
        there,
        good.astype(np.float64)[there],
        every.astype(np.float64)[there],
        (size - common).astype(np.int64)[there],
    )


def _pairs(sizes: IntArray) -> IntArray:
    """Pairs within groups of these sizes; a double counts those of a hundred million accounts exactly."""
    pairs: IntArray = sizes * (sizes - 1) // 2
    return pairs
