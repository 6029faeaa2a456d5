"""Precision against recall as the score from which rings count goes down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.evaluate.tallies import FloatArray, tallies
from linkage.evaluate.truth import NONE, BoolArray, Joined


@dataclass(frozen=True)
class Curve:
    """One entry a distinct ring score, highest first: all rings of at least that score count.

    `average` is the average precision by account: precision weighted by the recall that each step adds.
    """

    threshold: FloatArray
    precision: FloatArray
    recall: FloatArray
    pair_precision: FloatArray
    pair_recall: FloatArray

    @property
    def average(self) -> float:
        """The area under the steps, by account."""
        return float((np.diff(self.recall, prepend=0.0) * self.precision).sum())

    def numbers(self) -> dict[str, object]:
        """All points, ready for JSON."""
        return {
            "average_precision": self.average,
            "threshold": self.threshold.tolist(),
            "precision": self.precision.tolist(),
            "recall": self.recall.tolist(),
            "pair_precision": self.pair_precision.tolist(),
            "pair_recall": self.pair_recall.tolist(),
        }


def curve(joined: Joined) -> Curve | None:
    """The curve over all rings, whatever their verdict; None where rings have no score or nothing is true."""
    counted: BoolArray = ~joined.victim
    found, true = joined.found[counted], joined.true[counted]
    score = joined.score[counted]
    scored = (found != NONE) & ~np.isnan(score)
    if not scored.any() or not (true != NONE).any():
        return None
    both = tallies(np.where(scored, found, NONE), true)
    of_ring = np.zeros(int(found.max()) + 1)
    of_ring[found[scored]] = score[scored]
    order = np.argsort(-of_ring[both.found.ring], kind="stable")
    threshold = of_ring[both.found.ring][order]
    # Rings of one score come in together.
    last = np.flatnonzero(np.append(np.diff(threshold) != 0, True))
    good = both.found.good[order].cumsum(axis=0)[last]
    every = both.found.all[order].cumsum(axis=0)[last]
    actual = both.true.all.sum(axis=0)
    pairs = np.divide(good[:, 1], every[:, 1], out=np.ones(len(last)), where=every[:, 1] > 0)
    return Curve(
        threshold=threshold[last],
        precision=good[:, 0] / every[:, 0],
        recall=good[:, 0] / actual[0],
        pair_precision=pairs,
        pair_recall=good[:, 1] / max(actual[1], 1.0),
    )
