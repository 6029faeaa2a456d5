"""From a ring's score to how often such rings were fraud when people looked: fitted on what they decided.

Three candidates, the simplest first: the score as it is, a logistic curve over its log odds (Platt 1999, with a prior
that holds it to the score as it is), and a monotone curve (centred isotonic regression, Oron and Flournoy 2017). All
are monotone, so ranks never flip. Which one is taken is told by decisions that it has not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression, minimize

from linkage.scoring.measures import FloatArray

BoolArray = npt.NDArray[np.bool_]
Losses = Mapping[str, FloatArray]

NONE, PLATT, ISOTONIC = "none", "platt", "isotonic"
# With fewer decided rings not even which curve is better can be told.
LEAST_RINGS = 10
# A monotone curve has as many degrees of freedom as it has steps; below so many rings of either side a fold of the
# cross-validation has no ten of each left to tell whether its steps are more than chance.
LEAST_EACH = 50
# Rings drawn at random among the decided ones, from which on these speak for the rings that nobody looked at …
LEAST_DRAWN = 20
# … each for as many others as it was drawn from, but for no more than so many: the sample is stratified by the very
# score that is fitted, so weights matter only where the curve is wrong, and one pair of a household must not decide it.
MOST_WEIGHT = 10.0
# How far the curve may be expected from the score as it is, before anything was decided (standard deviations): the
# weights are judgement, good to a third, and so is the prior, good to a bit (0.7 nats).
SLOPE_SPREAD, SHIFT_SPREAD = 0.3, 0.7
LEAST_SLOPE = 0.05
# Sums of bits are not to be believed beyond one in 1,000: one innocent up there must not bend the whole curve.
MOST_BITS = 10.0
# Scores have six digits.
CLOSEST = 1e-6
FOLDS = 5
BINS, LEAST_IN_BIN = 10, 8


@dataclass(frozen=True)
class Decided:
    """Rings that people decided on, an entry each: the score before calibration, what was decided, and its weight."""

    score: FloatArray
    fraud: BoolArray
    drawn: BoolArray
    weight: FloatArray

    @property
    def representative(self) -> bool:
        """Whether rings that nobody had flagged are among them, drawn at random."""
        return int(self.drawn.sum()) >= LEAST_DRAWN

    def __getitem__(self, chosen: BoolArray) -> Decided:
        return Decided(self.score[chosen], self.fraud[chosen], self.drawn[chosen], self.weight[chosen])


@dataclass(frozen=True)
class Calibration:
    """A monotone function of scores. `knots` (log odds in nats, score) of the isotonic curve, linear in between.

    `lowers`: it only ever lowers a score, because what it was fitted on was chosen, not drawn.
    """

    method: str = NONE
    slope: float = 1.0
    shift: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()
    lowers: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Calibration:
        """The function again, from what a run's record keeps of its fit; nothing kept is the score as it is."""
        curve = dict(told.get("curve", {}))
        curve["knots"] = tuple((float(x), float(y)) for x, y in curve.get("knots", ()))
        return cls(**curve)

    def told(self) -> dict[str, Any]:
        """The function as plain JSON."""
        return {**asdict(self), "knots": [list(knot) for knot in self.knots]}

    def __call__(self, score: FloatArray) -> FloatArray:
        """Calibrated scores; the same array where nothing is fitted."""
        if self.method == NONE:
            return score
        if self.method == PLATT:
            found = 1.0 / (1.0 + np.exp(-(self.slope * log_odds(score) + self.shift)))
        else:
            at, value = np.array(self.knots).T
            found = np.interp(log_odds(score), at, value)
        return np.asarray(np.minimum(score, found) if self.lowers else found, dtype=np.float64)


AS_IT_IS = Calibration()


def log_odds(score: FloatArray, most_bits: float = np.inf) -> FloatArray:
    """Log odds in nats, of scores as far from 0 and 1 as their digits tell, and within so many bits of even."""
    held = np.clip(score, CLOSEST, 1.0 - CLOSEST)
    most = most_bits * np.log(2.0)
    return np.clip(np.log(held / (1.0 - held)), -most, most)


def weights(drawn: BoolArray, probability: FloatArray) -> FloatArray:
    """For how many rings each decided one speaks: 1 / its chance if drawn (and that is known), else itself alone."""
    known = drawn & np.isfinite(probability)
    chance = np.where(known, probability, 1.0)
    return np.clip(1.0 / np.clip(chance, CLOSEST, 1.0), 1.0, MOST_WEIGHT)


def effective(weight: FloatArray) -> FloatArray:
    """The weights, adding up to the number of equal ones that tell as much (Kish): priors weigh against that."""
    scaled: FloatArray = weight * (weight.sum() / (weight**2).sum())
    return scaled


def platt(seen: Decided) -> tuple[float, float]:
    """Slope and shift of the log odds: most likely for smoothed targets, given that 1 and 0 are expected."""
    weight, at = effective(seen.weight), log_odds(seen.score, MOST_BITS)
    up, down = weight[seen.fraud].sum(), weight[~seen.fraud].sum()
    # Platt's targets: a side of which 3 were seen is not certain, but 4 in 5.
    target = np.where(seen.fraud, (up + 1.0) / (up + 2.0), 1.0 / (down + 2.0))

    def loss(curve: FloatArray) -> tuple[float, FloatArray]:
        z = curve[0] * at + curve[1]
        off = weight * (1.0 / (1.0 + np.exp(-z)) - target)
        far = (curve - (1.0, 0.0)) / (SLOPE_SPREAD, SHIFT_SPREAD)
        value = (weight * (np.logaddexp(0.0, z) - target * z)).sum() + (far**2).sum() / 2.0
        slopes = np.array([(off * at).sum(), off.sum()]) + far / (SLOPE_SPREAD, SHIFT_SPREAD)
        return float(value), slopes

    found = minimize(
        loss,
        np.array([1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=((LEAST_SLOPE, None), (None, None)),
        options={"ftol": 1e-12, "gtol": 1e-8},
    )
    return float(found.x[0]), float(found.x[1])


def isotonic(seen: Decided) -> tuple[tuple[float, float], ...]:
    """Knots of the monotone curve: pooled blocks, each with one ring more at what the logistic curve says there."""
    told = effective(seen.weight)
    at, same = np.unique(log_odds(seen.score), return_inverse=True)
    weight = np.bincount(same, told)
    rate = np.bincount(same, told * seen.fraud) / weight
    base = Calibration(PLATT, *platt(seen))
    for extra in (1.0, 0.0):
        pooled = isotonic_regression(rate, weights=weight)
        block = np.repeat(np.arange(len(pooled.blocks) - 1), np.diff(pooled.blocks))
        total = np.bincount(block, weight)
        at = np.bincount(block, weight * at) / total
        expected = base(1.0 / (1.0 + np.exp(-at)))
        # Blocks that are all of one side would be certain; what is added can unsettle their order, hence twice.
        rate = (total * pooled.x[pooled.blocks[:-1]] + extra * expected) / (total + extra)
        weight = np.asarray(total + extra, dtype=np.float64)
    return tuple((float(x), float(y)) for x, y in zip(at, rate, strict=True))


def fit(seen: Decided) -> dict[str, Any]:
    """The best curve for what was decided, and how good it is, as the run's record keeps it (plain JSON).

    `method`, `curve` (see `Calibration.of`), `rings`, `fraud`, `drawn`, `weight` (effective number), `log_loss` and
    `brier` (out of fold, by method), `bins` (decided rings by score: low, high, rings, fraud, raw, score), `says`.
    """
    rings = len(seen.score)
    told: dict[str, Any] = {"rings": rings, "fraud": int(seen.fraud.sum()), "drawn": int(seen.drawn.sum())}
    if rings < LEAST_RINGS:
        few = f"{rings} decided rings are too few to calibrate scores on ({LEAST_RINGS} are needed)"
        return {"method": NONE, "curve": AS_IT_IS.told(), **told, "says": few}
    foretold = _out_of_fold(seen)
    logs = {name: _log_loss(found, seen.fraud) for name, found in foretold.items()}
    squares = {name: (found - seen.fraud) ** 2 for name, found in foretold.items()}
    method = choose(logs, seen.weight)
    curve = _fitted(method, seen, lowers=not seen.representative)

    def mean(losses: Losses) -> dict[str, float]:
        return {name: round(float(np.average(loss, weights=seen.weight)), 6) for name, loss in losses.items()}

    return {
        "method": method,
        "curve": curve.told(),
        **told,
        "weight": round(float(effective(seen.weight).sum()), 1),
        "log_loss": mean(logs),
        "brier": mean(squares),
        "bins": bins(seen, curve),
        "says": _says(method, seen),
    }


def choose(losses: Losses, weight: FloatArray) -> str:
    """The simplest candidate (they come in that order) that no other beats by more than chance (a standard error)."""
    names = list(losses)
    best = names[0]
    for name in names[1:]:
        gain = losses[best] - losses[name]
        mean = np.average(gain, weights=weight)
        error = np.sqrt((weight**2 * (gain - mean) ** 2).sum()) / weight.sum()
        if mean > error:
            best = name
    return best


def bins(seen: Decided, curve: Calibration) -> list[dict[str, Any]]:
    """Decided rings by score, about as many in each; equal scores are in one."""
    count = int(np.clip(len(seen.score) // LEAST_IN_BIN, 1, BINS))
    edges = np.unique(np.quantile(seen.score, np.linspace(0.0, 1.0, count + 1), method="higher"))
    place = np.clip(np.searchsorted(edges, seen.score, side="right") - 1, 0, max(len(edges) - 2, 0))
    found = []
    for number in np.unique(place):
        part = seen[place == number]
        found.append(
            {
                "low": float(part.score.min()),
                "high": float(part.score.max()),
                "rings": len(part.score),
                "fraud": int(part.fraud.sum()),
                "raw": round(float(np.average(part.score, weights=part.weight)), 4),
                "score": round(float(np.average(curve(part.score), weights=part.weight)), 4),
                "rate": round(float(np.average(part.fraud, weights=part.weight)), 4),
            }
        )
    return found


def _fitted(method: str, seen: Decided, *, lowers: bool) -> Calibration:
    if method == PLATT:
        slope, shift = platt(seen)
        return Calibration(PLATT, slope, shift, lowers=lowers)
    if method == ISOTONIC:
        return Calibration(ISOTONIC, knots=isotonic(seen), lowers=lowers)
    return AS_IT_IS


def _out_of_fold(seen: Decided) -> dict[str, FloatArray]:
    """By candidate, what each ring's score becomes by a curve that has not seen it."""
    fold = np.empty(len(seen.score), dtype=np.int64)
    # Dealt out by side and score, so that each fold has its share of all: nothing is left to a seed.
    fold[np.lexsort((seen.score, seen.fraud))] = np.arange(len(seen.score)) % FOLDS
    names = [NONE, PLATT]
    if min(seen.fraud.sum(), (~seen.fraud).sum()) >= LEAST_EACH and seen.representative:
        names.append(ISOTONIC)
    found = {name: np.empty(len(seen.score)) for name in names}
    for number in range(FOLDS):
        out = fold == number
        for name in names:
            curve = _fitted(name, seen[~out], lowers=not seen.representative)
            found[name][out] = curve(seen.score[out])
    return found


def _log_loss(foretold: FloatArray, fraud: BoolArray) -> FloatArray:
    held = np.clip(foretold, CLOSEST, 1.0 - CLOSEST)
    return -np.log(np.where(fraud, held, 1.0 - held))


def _says(method: str, seen: Decided) -> str:
    rings = f"{len(seen.score):,} decided rings"
    if method == NONE:
        return f"scores stay as they are: no curve foretells the {rings} better by more than chance"
    if seen.representative:
        return (
            f"scores are calibrated on {rings} ({method}), {int(seen.drawn.sum()):,} of them drawn at random"
        )
    return (
        f"scores are calibrated on {rings} ({method}) that were chosen, not drawn at random: they are lowered "
        "only (linkage export review names rings to decide on)"
    )
