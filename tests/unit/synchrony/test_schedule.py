"""Whether a group acts on one schedule: by hand, by chance, and where no single account shows it."""

import numpy as np
import pytest
from test_following import BEGIN, DAYS, acts_of, crowd

from linkage.synchrony.following import POPULATION, Activity, following
from linkage.synchrony.schedule import ELSEWHERE, FALSE_SCHEDULES, REACH, on_schedule, schedule_bits


def bits_of(acts: Activity, *groups: list[int]) -> np.ndarray:
    bounds = np.cumsum([0, *[len(group) for group in groups]]).astype(np.int64)
    return schedule_bits(acts, bounds, np.concatenate(groups).astype(np.int64))


def monday() -> int:
    """The first hour of the calendar's first Monday: no weekend lies in the days after it."""
    return next(day for day in range(7) if (BEGIN // 24 + day + 3) % 7 == 0) * 24


def test_bits_by_hand():
    start = monday()
    other = [start + 24 * day + 9 for day in (1, 2, 3)]
    acts = acts_of([[start + 9], [start + 9], [start + 9], other])
    # In that hour the population has 3 of its 6 sessions. Of the first account nobody knows anything; the second is
    # foretold from one session, the third from two, and no wider window holds more.
    bits = 0.0
    for before in (0, 1, 2):
        ratio = (before + POPULATION * 0.5) / (before + POPULATION) / 0.5
        bits += np.log2((1 - ELSEWHERE) * ratio + ELSEWHERE)
    assert bits_of(acts, [0, 1, 2]) == pytest.approx([bits])
    assert bits == pytest.approx(np.log2(1.15) + np.log2(0.9 * 9 / 7 + 0.1))


def test_only_nearby_days_are_compared():
    # All of the group act in one week, each on a day of its own; the population acts on all days. A bet against the
    # whole calendar would win by the week alone.
    start = monday()
    group = [[start + 24 * day + 9] for day in (0, 1, 2, 3, 4)] * 4
    world = [[24 * day + 9] for day in range(DAYS)] * 20
    acts = acts_of([*group, *world])
    assert REACH == 7
    assert bits_of(acts, list(range(20)))[0] < 3.0


def test_accounts_that_follow_nothing_by_themselves_are_on_one_schedule_together():
    rng = np.random.default_rng(3)
    world = crowd(rng, 3_000)
    jobs = rng.choice(DAYS * 24, 12, replace=False)
    ring = [sorted({int(h) for h in rng.choice(jobs, 2, replace=False)}) for _ in range(16)]
    acts = acts_of([*world, *ring])
    members = list(range(3_000, 3_016))
    _, follows = following(acts, np.array([0, 16]), np.array(members, np.int64))
    assert not follows.any()
    assert bits_of(acts, members)[0] > np.log2(100 / FALSE_SCHEDULES)


def test_by_chance_few_groups_are_accepted():
    rng = np.random.default_rng(5)
    acts = acts_of(crowd(rng, 3_000))
    bits = bits_of(acts, *np.split(rng.permutation(3_000), 200))
    # A bet that is lost on average: a product of 2^b comes up with probability 2^-b at most.
    assert np.mean(2.0**bits) < 2.0
    assert not on_schedule(bits).any()


def test_who_meets_once_a_week_and_works_whenever_it_likes_shows_far_less():
    rng = np.random.default_rng(7)
    world = crowd(rng, 3_000)
    meeting = [monday() + 24 * 7 * week + 10 for week in range(3)]
    own = crowd(rng, 30, sessions=9)
    acts = acts_of([*world, *[sorted({*hours, *meeting}) for hours in own]])
    a_class = bits_of(acts, list(range(3_000, 3_030)))[0] / (30 * 12)
    jobs = [*meeting, *[meeting[0] + 24 * day + 3 for day in (1, 2, 3)]]
    driven = bits_of(acts_of([*world, *[jobs] * 30]), list(range(3_000, 3_030)))[0] / (30 * 6)
    # Bits a day: three days of twelve are no more than a fifth of the evidence that all of them would be.
    assert 0.0 < a_class < driven / 5


def test_accepted_are_as_many_as_the_false_ones_allow():
    # Of 4 groups the best needs log2(4 / 0.05) = 6.32 bits, the second log2(4 / 0.1) = 5.32, the third 4.74.
    assert on_schedule(np.array([7.0, 0.0, 5.4, 4.7])).tolist() == [True, False, True, False]
    # The third is enough, so that the second need not be.
    assert on_schedule(np.array([7.0, 4.8, 0.0, 5.2])).tolist() == [True, True, False, True]
    assert on_schedule(np.array([6.0, 1.0, 0.0, 0.0])).tolist() == [False] * 4
    assert on_schedule(np.array([])).tolist() == []
