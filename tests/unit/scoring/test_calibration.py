"""Curves from decisions, worked by hand: targets, weights, blocks; and that few decisions change little."""

import json
from itertools import pairwise

import numpy as np
import pytest

from linkage.scoring.calibration import (
    AS_IT_IS,
    ISOTONIC,
    LEAST_RINGS,
    NONE,
    PLATT,
    Calibration,
    Decided,
    bins,
    choose,
    effective,
    fit,
    isotonic,
    log_odds,
    platt,
    weights,
)


def decided(score, fraud, *, drawn=True, weight=None):
    """Rings with equal weights unless they are given."""
    count = len(score)
    return Decided(
        np.array(score, dtype=np.float64),
        np.array(fraud, dtype=np.bool_),
        np.full(count, drawn),
        np.ones(count) if weight is None else np.array(weight, dtype=np.float64),
    )


def drawn_from(seed, count, truth, **more):
    """Rings with log odds from -5 to 5 that are fraud as often as `truth` (of the log odds) says."""
    draw = np.random.default_rng(seed)
    at = draw.uniform(-5, 5, count)
    return decided(1 / (1 + np.exp(-at)), draw.random(count) < 1 / (1 + np.exp(-truth(at))), **more)


def test_nothing_decided_leaves_scores_as_they_are_to_the_bit():
    score = np.array([0.1, 0.49, 0.999999])
    assert AS_IT_IS(score) is score
    assert Calibration.of({})(score) is score
    told = fit(decided([0.5] * (LEAST_RINGS - 1), [True] * (LEAST_RINGS - 1)))
    assert (told["method"], Calibration.of(told)) == (NONE, AS_IT_IS)
    assert "9 decided rings are too few" in told["says"]


def test_a_drawn_ring_speaks_for_as_many_as_it_was_drawn_from_up_to_ten():
    drawn = np.array([True, True, True, True, False])
    chance = np.array([0.25, 0.01, 1.0, np.nan, 0.25])
    assert weights(drawn, chance).tolist() == [4.0, 10.0, 1.0, 1.0, 1.0]
    # (4 + 1 + 1)² / (16 + 1 + 1) = 2: one heavy ring and two light ones tell as much as two.
    assert effective(np.array([4.0, 1.0, 1.0])).tolist() == pytest.approx([4 / 3, 1 / 3, 1 / 3])


def test_targets_are_smoothed_and_the_score_is_expected_to_be_right():
    # All at even odds: of 3 fraud the target is 4 in 5, of 1 innocent 1 in 3. The shift b then solves
    # 4 / (1 + e^-b) − (3 · 4/5 + 1/3) + b / 0.7² = 0, in which the last is the prior's; nothing moves the slope.
    slope, shift = platt(decided([0.5] * 4, [True, True, True, False]))
    assert slope == pytest.approx(1.0)
    assert 4 / (1 + np.exp(-shift)) - (2.4 + 1 / 3) + shift / 0.49 == pytest.approx(0.0, abs=1e-5)
    assert shift == pytest.approx(0.2415, abs=1e-3)
    # A thousand of which half are fraud: the score was right.
    assert platt(decided([0.5] * 1000, [True, False] * 500)) == pytest.approx((1.0, 0.0), abs=1e-6)


def test_weights_count_as_so_many_rings():
    light = platt(decided([0.2, 0.2, 0.8, 0.8], [False, True, True, True]))
    # The same odds of sides at each score, but the weights tell as much as fewer rings: the prior holds them back.
    heavy = platt(decided([0.2, 0.2, 0.8, 0.8], [False, True, True, True], weight=[10, 10, 1, 1]))
    assert effective(np.array([10.0, 10.0, 1.0, 1.0])).sum() == pytest.approx(22**2 / 202)
    assert light != heavy
    assert platt(decided([0.2, 0.2, 0.8, 0.8], [False, True, True, True], weight=[7] * 4)) == light


def test_few_decisions_change_little_and_many_what_is_wrong():
    moved = []
    for count in (1, 5, 50, 500):
        slope, shift = platt(decided([0.8] * 4 * count, [True, False, False, False] * count))
        moved.append(float(Calibration(PLATT, slope, shift)(np.array([0.8]))[0]))
    assert 0.6 < moved[0] < 0.8
    assert moved == sorted(moved, reverse=True)
    assert moved[-1] == pytest.approx(0.25, abs=0.01)


def test_a_tiny_monotone_curve():
    seen = decided([0.2, 0.4, 0.6, 0.8], [False, True, False, True])
    # 1 then 0 is the wrong way round, and becomes one block of two; each block gets one ring more at Platt's value.
    (low, a), (middle, b), (high, c) = isotonic(seen)
    assert (low, middle, high) == pytest.approx((np.log(1 / 4), 0.0, np.log(4)))
    curve = Calibration(PLATT, *platt(seen))(np.array([0.2, 0.5, 0.8]))
    expected = [(0 + curve[0]) / 2, (1 + curve[1]) / 3, (1 + curve[2]) / 2]
    assert [a, b, c] == pytest.approx(expected)
    found = Calibration(ISOTONIC, knots=isotonic(seen))(np.array([0.01, 0.2, 2 / 3, 0.8, 0.99]))
    # Between the knots it is linear in the log odds (2 to 1 lies half way to 4 to 1), beyond them it is flat.
    assert found.tolist() == pytest.approx([a, a, (b + c) / 2, c, c])


def test_equal_scores_stay_equal():
    knots = isotonic(decided([0.3, 0.3, 0.3, 0.9], [True, False, False, True]))
    assert [x for x, _ in knots] == pytest.approx(log_odds(np.array([0.3, 0.9])).tolist())


@pytest.mark.parametrize("seed", range(5))
def test_ranks_never_flip(seed):
    seen = drawn_from(seed, 300, lambda at: -at)
    grid = np.linspace(0, 1, 500)
    for curve in (
        Calibration(PLATT, *platt(seen)),
        Calibration(ISOTONIC, knots=isotonic(seen)),
        Calibration(PLATT, *platt(seen), lowers=True),
    ):
        assert (np.diff(curve(grid)) >= 0).all()
        assert ((curve(grid) >= 0) & (curve(grid) <= 1)).all()


def test_the_simplest_is_kept_unless_another_is_better_by_more_than_chance():
    one, weight = np.array([0.5, 0.5, 0.5, 0.5]), np.ones(4)
    losses = {NONE: one, PLATT: one - [0.4, -0.3, 0.2, -0.2]}
    # The mean gain is 0.025, its standard error 0.14.
    assert choose(losses, weight) == NONE
    assert choose({NONE: one, PLATT: one - 0.1, ISOTONIC: one - 0.1}, weight) == PLATT
    assert choose({NONE: one, PLATT: one - 0.1, ISOTONIC: one - 0.2}, weight) == ISOTONIC
    # What only the heavy ring says counts as it weighs.
    gain = np.array([-0.4, -0.4, 0.2, 0.2])
    assert choose({NONE: one, PLATT: one - gain}, np.array([1, 1, 10, 10])) == PLATT


def test_right_scores_stay_and_wrong_ones_are_mended_by_the_curve_that_fits():
    assert fit(drawn_from(1, 200, lambda at: at))["method"] == NONE
    told = fit(drawn_from(2, 200, lambda at: 0.5 * at - 1.5))
    assert told["method"] == PLATT
    assert (told["curve"]["slope"], told["curve"]["shift"]) == pytest.approx((0.5, -1.5), abs=0.3)
    assert told["log_loss"][PLATT] < told["log_loss"][NONE]
    assert told["brier"][PLATT] < told["brier"][NONE]
    # Certain up to even odds, and one in three from there on: no logistic curve is like that.
    told = fit(drawn_from(3, 1500, lambda at: np.where(at > 0, -0.7, -6.0)))
    assert told["method"] == ISOTONIC
    curve = Calibration.of(json.loads(json.dumps(told)))
    assert curve(np.array([0.05, 0.9])).tolist() == pytest.approx([0.0, 1 / 3], abs=0.06)
    assert "1,500 decided rings (isotonic), 1,500 of them drawn at random" in told["says"]


def test_a_monotone_curve_needs_fifty_of_either_side():
    told = fit(drawn_from(4, 90, lambda at: at))
    assert set(told["log_loss"]) == {NONE, PLATT}
    assert set(fit(drawn_from(4, 200, lambda at: at))["log_loss"]) == {NONE, PLATT, ISOTONIC}


def test_what_was_chosen_and_not_drawn_lowers_scores_only():
    up, down = (drawn_from(5, 400, lambda at, by=by: at + by, drawn=False) for by in (2.0, -2.0))
    assert fit(up)["method"] == NONE
    told = fit(down)
    assert (told["method"], told["curve"]["lowers"]) == (PLATT, True)
    assert "chosen, not drawn at random: they are lowered only" in told["says"]
    curve = Calibration(PLATT, 1.0, 2.0, lowers=True)
    assert curve(np.array([0.3])).tolist() == [0.3]
    assert fit(drawn_from(5, 400, lambda at: at + 2.0))["curve"]["lowers"] is False


def test_bins_hold_all_rings_and_equal_scores_together():
    seen = decided([0.1] * 10 + [0.2, 0.3, 0.4] + [0.49] * 10 + [0.9] * 9, ([False] * 20) + ([True] * 12))
    found = bins(seen, AS_IT_IS)
    assert sum(one["rings"] for one in found) == 32
    assert sum(one["fraud"] for one in found) == 12
    assert all(a["high"] < b["low"] for a, b in pairwise(found))
    assert bins(decided([0.5] * 20, [True] * 20), AS_IT_IS)[0]["rings"] == 20


def test_a_fit_is_the_same_after_its_record():
    seen = drawn_from(6, 300, lambda at: 0.4 * at - 1)
    told = fit(seen)
    assert json.loads(json.dumps(told)) == told
    assert fit(seen) == told
