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

    Recall draws true rings with replacement, precision draws predicted ones. Of rings that hit innocents even the
    number is chance, so each comes a Poisson number of times. Where no innocent was hit no resample hits one
    either; the upper end is then the rule of three (Hanley and Lippman-Hand 1983).
    """
    found_rng, true_rng, alarm_rng = (np.random.default_rng([seed, side]) for side in range(3))
    precision = _resampled(tallies.found, draws, found_rng)
    recall = _resampled(tallies.true, draws, true_rng)
    alarms = _alarms(tallies.found, innocents, draws, alarm_rng) if innocents else None
    return Intervals(
        {name: _middle(precision[:, column]) for column, name in enumerate(MEASURES)},
        {name: _middle(recall[:, column]) for column, name in enumerate(MEASURES)},
        alarms,
    )


def _alarms(found: Tally, innocents: int, draws: int, rng: np.random.Generator) -> Interval | None:
    """Of innocents hit in 100,000."""
    hit = found.strangers[found.strangers > 0]
    if not len(hit):
        return 0.0, min(3 / innocents, 1.0) * 100_000
    step = max(1, _AT_ONCE // len(hit))
    sizes = [min(step, draws - begin) for begin in range(0, draws, step)]
    hits = np.concatenate([rng.poisson(1.0, (size, len(hit))) @ hit for size in sizes])
    return _middle(np.minimum(hits / innocents, 1.0) * 100_000)


def _resampled(tally: Tally, draws: int, rng: np.random.Generator) -> FloatArray:
    """Each draw's shares by measure; NaN where it has nothing to divide by."""
    rings = len(tally.ring)
    if not rings:
        return np.full((draws, len(MEASURES)), np.nan)
    chance = np.full(rings, 1 / rings)
    shares = []
    step = max(1, _AT_ONCE // rings)
    for begin in range(0, draws, step):
        weights = rng.multinomial(rings, chance, size=min(step, draws - begin)).astype(np.float64)
        every = weights @ tally.all
        good = weights @ tally.good
        shares.append(np.divide(good, every, out=np.full_like(good, np.nan), where=every > 0))
    return np.concatenate(shares)


def _middle(values: FloatArray) -> Interval | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, [50 - LEVEL / 2, 50 + LEVEL / 2])
    return float(low), float(high)
