"""From people's decisions on accounts to decided rings: what calibration learns from, and what needs no review."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from linkage.scoring.calibration import BoolArray, Decided, weights
from linkage.scoring.measures import FloatArray
from linkage.settings.readers import Never
from linkage.warehouse import Warehouse

# A ring is decided by two of its members: one account can be in a ring by mistake. More are not asked for, or rings of
# thousands would never be decided; and it counts once, however many were.
LEAST_VOTES = 2
# Three in four must agree (two or three: all). Where people are of two minds, or the ring is of two parts, it says
# nothing of the score.
CLEAR = 0.75


class Outcomes(NamedTuple):
    """An entry a ring, in the order of the rings: what it was decided to be, and how that is known.

    `word` is "fraud", "innocent", "unclear" (decided upon, to no clear end) or "". `age`: hours since the newest
    decision on any of its accounts, infinite where there is none.
    """

    word: np.ndarray
    drawn: BoolArray
    probability: FloatArray
    age: FloatArray

    def observed(self, score: FloatArray) -> Decided:
        """The rings that were decided clearly, with their scores."""
        clear = np.isin(self.word, ("fraud", "innocent"))
        drawn = self.drawn[clear]
        return Decided(
            score[clear], self.word[clear] == "fraud", drawn, weights(drawn, self.probability[clear])
        )

    def waiting(self, again: timedelta | Never) -> BoolArray:
        """The rings of which nobody decided on any account, or not for so long."""
        old = np.inf if isinstance(again, str) else again.total_seconds() / 3600
        waits: BoolArray = np.isinf(self.age) | (self.age > old)
        return waits


def outcomes(warehouse: Warehouse, rings: list[int]) -> Outcomes:
    """What was decided of each of `rings`, by the accounts of this run; reads `decision` and `ring_member`."""
    found = warehouse.query("scoring/decided")
    number = len(rings)
    at = np.searchsorted(rings, found["ring"].to_numpy())
    fraud, innocent = (_filled(found, name, at, number, 0.0) for name in ("fraud", "innocent"))
    age = _filled(found, "age", at, number, np.inf)
    return Outcomes(
        word=words(fraud, innocent, np.isfinite(age)),
        drawn=_filled(found, "sampled", at, number, 0.0) > 0,
        probability=_filled(found, "probability", at, number, np.nan),
        age=age,
    )


def words(fraud: FloatArray, innocent: FloatArray, decided: BoolArray) -> np.ndarray:
    """What a ring is, by so many of its members that were called fraud and innocent."""
    votes = fraud + innocent
    enough = votes >= LEAST_VOTES
    return np.select(
        [enough & (fraud >= CLEAR * votes), enough & (innocent >= CLEAR * votes), decided],
        ["fraud", "innocent", "unclear"],
        "",
    )


def _filled(table: pa.Table, name: str, at: np.ndarray, number: int, missing: float) -> FloatArray:
    column = np.full(number, missing)
    column[at] = table[name].cast(pa.float64()).fill_null(missing).to_numpy()
    return column
