"""Who is drawn for review: all bands of the score, by known chances, the same whenever the run is asked."""

import numpy as np
import pytest

from linkage.scoring.review import draw, shares


@pytest.mark.parametrize(
    ("sizes", "rings", "given"),
    [
        ([100, 100, 100, 100, 100], 30, [6, 6, 6, 6, 6]),
        ([1000, 0, 3, 50, 2], 30, [13, 0, 3, 12, 2]),
        ([5, 1, 0, 0, 1], 30, [5, 1, 0, 0, 1]),
        ([9, 9, 9, 9, 9], 2, [0, 0, 0, 1, 1]),
        ([9, 9], 0, [0, 0]),
        ([0, 0], 5, [0, 0]),
    ],
)
def test_bands_share_evenly_what_the_small_ones_leave(sizes, rings, given):
    assert sorted(shares(sizes, rings)) == sorted(given)
    assert shares(sizes, rings)[-1] == given[-1]


IDS = [f"ring_{number:03}" for number in range(200)]
SCORE = np.array([0.05] * 150 + [0.2] * 20 + [0.4] * 15 + [0.6] * 10 + [0.95] * 5)


def test_a_draw_is_of_all_bands_by_known_chances():
    queue = draw(IDS, SCORE, np.ones(200, dtype=bool), 30, "night")
    drawn = ~np.isnan(queue.probability)
    assert drawn.sum() == 30
    assert {band: int((queue.stratum == band).sum()) for band in np.unique(queue.stratum[drawn])} == {
        "0-0.1": 6, "0.1-0.3": 6, "0.3-0.5": 6, "0.5-0.9": 7, "0.9-1": 5,
    }  # fmt: skip
    # Each drawn ring speaks for those of its band: together for all there are.
    assert (1 / queue.probability[drawn]).sum() == pytest.approx(200)
    assert set(queue.stratum[~drawn]) == {""}


def test_a_draw_follows_from_the_run_and_not_from_the_order():
    everyone = np.ones(200, dtype=bool)
    first = draw(IDS, SCORE, everyone, 30, "night")
    back = draw(IDS[::-1], SCORE[::-1], everyone, 30, "night")
    assert np.array_equal(first.probability, back.probability[::-1], equal_nan=True)
    other = draw(IDS, SCORE, everyone, 30, "another night")
    assert not np.array_equal(first.probability, other.probability, equal_nan=True)


def test_who_was_decided_on_lately_waits_for_nothing():
    waiting = np.arange(200) % 2 == 0
    queue = draw(IDS, SCORE, waiting, 500, "night")
    assert np.array_equal(~np.isnan(queue.probability), waiting)
    assert set(queue.probability[waiting]) == {1.0}
