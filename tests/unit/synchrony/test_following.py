"""Who follows a group's hours: what chance and habits give, and what a scheduler gives."""

import numpy as np
import pytest

from linkage.synchrony.following import (
    COVER,
    DAY,
    FALSE_DISCOVERIES,
    POPULATION,
    WIDTHS,
    Activity,
    activity,
    following,
    least_bits,
)

BEGIN = 20_000 * 24
DAYS = 28


def acts_of(hours: list[list[int]]) -> Activity:
    """Activity of accounts from their hours, counted from a midnight; all accounts are as old as the data."""
    account = np.repeat(np.arange(len(hours)), [len(row) for row in hours]).astype(np.int32)
    hour = np.array([BEGIN + h for row in hours for h in sorted(row)], np.int32)
    return activity(account, hour, np.zeros(len(account), np.int32), len(hours))


def crowd(rng: np.random.Generator, accounts: int, sessions: int = 8) -> list[list[int]]:
    """Accounts that act at two habitual hours each, on days of their own."""
    found = []
    for _ in range(accounts):
        habits = rng.integers(0, 24, 2)
        days = rng.choice(DAYS, sessions, replace=False)
        found.append(sorted({int(day * 24 + rng.choice(habits)) for day in days}))
    return found


def group(acts: Activity, members: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return following(acts, np.array([0, len(members)]), np.array(members, np.int64))


def test_hours_in_a_row_are_one_session():
    acts = acts_of([[9, 10, 11, 40], [5]])
    assert (np.diff(acts.pointer)).tolist() == [2, 1]
    assert acts.hour.tolist() == [9, 40, 5]
    assert acts.volume.sum() == 3


def test_bits_by_hand():
    # Three accounts, one session each in the same hour of one weekday; a fourth elsewhere fills the calendar.
    monday = next(d for d in range(7) if (BEGIN // 24 + d + 3) % 7 == 0) * 24
    other = [monday + 24 * day + 9 for day in (1, 2, 3)]
    acts = acts_of([[monday + 9], [monday + 9], [monday + 9], other])
    bits, _ = group(acts, [0, 1, 2])
    # In that hour the population has 3 of its 6 sessions; the two others have both of theirs there. No wider window
    # holds more, so all widths say the same.
    ratio = ((2 + POPULATION * 0.5) / (2 + POPULATION)) / 0.5
    assert bits == pytest.approx(np.log2((1 - COVER) * ratio + COVER))


def told_slowly(acts: Activity, members: list[int]) -> list[float]:
    """The bits by the formula alone: the others' sessions are counted for each question anew."""
    days, classes = np.arange(len(acts.weekend) * DAY) // DAY, np.repeat(acts.weekend, DAY)
    own = {m: acts.hour[acts.pointer[m] : acts.pointer[m + 1]] for m in members}
    told = []
    for m in members:
        others = np.concatenate([own[o] for o in members if o != m])
        by_width = []
        for width in WIDTHS:
            near = [int((abs(others - t) <= width).sum()) for t in range(len(days))]
            volume = [acts.volume[max(t - width, 0) : t + width + 1].sum() for t in range(len(days))]
            bits = 0.0
            for day in np.unique(own[m] // DAY):
                ratios = []
                for t in own[m][own[m] // DAY == day]:
                    alike = np.flatnonzero(
                        (days >= acts.born[m])
                        & (classes == classes[t])
                        & (np.arange(len(days)) % DAY == t % DAY)
                    )
                    null = volume[t] / sum(volume[at] for at in alike)
                    ever = sum(near[at] for at in alike)
                    ratios.append((near[t] + POPULATION * null) / (ever + POPULATION) / null)
                bits += np.log2((1 - COVER) * np.mean(ratios) + COVER)
            by_width.append(bits)
        told.append(np.log2(np.mean(np.exp2(by_width))))
    return told


def test_an_accounts_own_sessions_are_left_out_of_what_the_others_do():
    rng = np.random.default_rng(3)
    hours = [sorted(set(rng.integers(0, DAYS * 24, 60).tolist())) for _ in range(6)]
    account = np.repeat(np.arange(6), [len(row) for row in hours]).astype(np.int32)
    hour = np.array([BEGIN + h for row in hours for h in row], np.int32)
    created = BEGIN + rng.integers(-100, 300, 6).astype(np.int32)
    acts = activity(account, hour, created[account], 6)
    bits, _ = group(acts, [0, 2, 3, 5])
    assert bits == pytest.approx(told_slowly(acts, [0, 2, 3, 5]))


def test_followers_of_one_schedule_are_found_and_a_stranger_among_them_is_not():
    rng = np.random.default_rng(1)
    world = crowd(rng, 3_000)
    bursts = rng.choice(DAYS * 24, 12, replace=False)
    ring = [sorted({int(h) for h in rng.choice(bursts, 8, replace=False)}) for _ in range(20)]
    acts = acts_of([*world, *ring])
    bits, held = group(acts, [0, 1, 2, *range(3_000, 3_020)])
    assert held[3:].mean() > 0.9
    assert not held[:3].any()
    assert bits[3:].mean() > 8


def test_by_chance_the_bits_are_a_fair_bet_and_hardly_anyone_is_held():
    rng = np.random.default_rng(2)
    acts = acts_of(crowd(rng, 4_000))
    members = rng.permutation(4_000)
    bounds = np.arange(0, 4_001, 20)
    bits, held = following(acts, bounds, members.astype(np.int64))
    assert np.mean(2.0**bits) < 1.1
    assert (bits >= 5).mean() <= 2**-5
    assert held.mean() < 0.01


def test_equal_habits_alone_are_not_followed():
    # All work at nine on weekdays, each on days of its own.
    rng = np.random.default_rng(3)
    weekdays = [d for d in range(DAYS) if (BEGIN // 24 + d + 3) % 7 < 5]
    office = [sorted(int(d) * 24 + 9 for d in rng.choice(weekdays, 10, replace=False)) for _ in range(30)]
    acts = acts_of([*crowd(rng, 2_000), *office])
    bits, held = group(acts, list(range(2_000, 2_030)))
    assert not held.any()
    assert bits.max() < 5


def test_a_day_on_which_everyone_acts_ties_nobody():
    rng = np.random.default_rng(4)
    world = [sorted({*row, 10 * 24 + 12}) for row in crowd(rng, 2_000, sessions=3)]
    bits, held = group(acts_of(world), list(range(40)))
    assert not held.any()
    assert bits.mean() < 1


def test_the_false_discovery_rule_by_hand():
    # Of 8 accounts at a rate of a tenth: 4 need 8 / (0.1 * 4) = 20, that is 4.33 bits.
    assert least_bits(np.array([4.4, 4.4, 4.4, 4.4, 0.0, 0.0, 0.0, 0.0]), FALSE_DISCOVERIES) == 4.4
    assert least_bits(np.array([4.3, 4.3, 4.3, 4.3, 0.0, 0.0, 0.0, 0.0]), FALSE_DISCOVERIES) == np.inf
    # One alone needs 80: 6.33 bits.
    assert least_bits(np.array([6.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), FALSE_DISCOVERIES) == 6.4
