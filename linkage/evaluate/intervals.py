"""How sure a figure is: percentile intervals of a bootstrap over rings (Efron and Tibshirani 1993)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.evaluate.tallies import MEASURES, FloatArray, Tallies, Tally

Interval = tuple[float, float]

DRAWS = 1_000
SEED = 20_260_630
LEVEL = 95.0
#: Weights held at one time: what bounds memory, whatever the number of rings.
_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Intervals:
    """Central 95 % intervals by measure (None where there is nothing to divide by), and of false alarms in 100,000."""

    precision: dict[str, Interval | None]
    recall: dict[str, Interval | None]
    per_100_000: Interval | None


def bootstrap(tallies: Tallies, innocents: int, *, draws: int = DRAWS, seed: int = SEED) -> Intervals:
    """Resamples rings, not accounts: whether a ring's accounts are found is one event, not many.

    Recall draws true rings with replacement, precision and false alarms draw predicted ones. Where no innocent
    was hit no resample hits one either; the upper end is then the rule of three (Hanley and Lippman-Hand 1983).
    """
    found_rng, true_rng = (np.random.default_rng([seed, side]) for side in (0, 1))
    precision, hits = _resampled(tallies.found, draws, found_rng)
    recall, _ = _resampled(tallies.true, draws, true_rng)
    alarms: Interval | None = None
    if innocents:
        low, high = _middle(hits / innocents * 100_000) or (0.0, 0.0)
        alarms = (low, high) if tallies.found.strangers.any() else (0.0, min(3 / innocents, 1.0) * 100_000)
    return Intervals(
        {name: _middle(precision[:, column]) for column, name in enumerate(MEASURES)},
        {name: _middle(recall[:, column]) for column, name in enumerate(MEASURES)},
        alarms,
    )


def _resampled(tally: Tally, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Each draw's shares by measure (NaN where it has nothing to divide by), and its strangers."""
    rings = len(tally.ring)
    if not rings:
        return np.full((draws, len(MEASURES)), np.nan), np.zeros(draws)
    chance = np.full(rings, 1 / rings)
    shares, strangers = [], []
    step = max(1, _AT_ONCE // rings)
    for begin in range(0, draws, step):
        weights = rng.multinomial(rings, chance, size=min(step, draws - begin)).astype(np.float64)
        every = weights @ tally.all
        good = weights @ tally.good
        shares.append(np.divide(good, every, out=np.full_like(good, np.nan), where=every > 0))
        strangers.append(weights @ tally.strangers)
    return np.concatenate(shares), np.concatenate(strangers)


def _middle(values: FloatArray) -> Interval | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, [50 - LEVEL / 2, 50 + LEVEL / 2])
    return float(low), float(high)
