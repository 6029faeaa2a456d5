"""What follows what: who answers a refusal, who goes on with its own, and how busy everybody was."""

import numpy as np
import pytest
from refusing import BEGIN, NOON, Row, sendings

from linkage.succession.sendings import (
    MOST_FOLLOWERS,
    WITHIN,
    Answers,
    Sendings,
    count_days,
    find_answers,
    followed_by,
    lockstep,
    read_refusals,
    retries,
)


def answers_of(rows: list[Row]) -> tuple[Sendings, Answers]:
    sent = sendings(rows)
    days = count_days(sent, 100)
    return sent, find_answers(sent, days, read_refusals(sent, days))


def by(rows: list[Row]) -> list[int]:
    """Accounts that answer, in the order of the refusals and of time."""
    sent, answers = answers_of(rows)
    return sent.account[answers.row].tolist()


def test_days_count_what_was_not_refused():
    sent = sendings([(0, 1, 0, 5, False), (0, 1, 0, 9, False), (0, 2, 0, 7, False), (0, 1, 2, 5, True)])
    days = count_days(sent, 10)
    day = np.array([BEGIN, BEGIN]) // 86_400_000
    assert days.of(np.array([0, 0]), day, np.array([1, 3])).tolist() == [2, 0]
    assert days.of_text(np.array([0, 0]), day + np.array([0, 2]), 1).tolist() == [3, 0]


def test_another_answers_once_within_a_minute():
    rows = [(0, 1, 0, NOON, True)]
    rows += [(0, 2, 0, NOON + later, False) for later in (0, 4, 9, 61)]
    rows += [(0, 1, 0, NOON + 2, False), (1, 3, 0, NOON + 3, False), (0, 4, 0, NOON + 60, False)]
    sent, answers = answers_of(rows)
    assert sent.account[answers.row].tolist() == [2, 4]
    assert answers.later.tolist() == [4, 60]


def test_the_next_day_is_another_one():
    late = 86_400.0 - 2
    assert by([(0, 1, 0, late, True), (0, 2, 0, late + 1, False), (0, 3, 1, 1, False)]) == [2]


def test_who_was_refused_itself_goes_on_with_its_own():
    rows = [(0, 1, 0, NOON, True), (0, 2, 0, NOON - 3_000, True), (0, 2, 0, NOON + 5, False)]
    rows += [(0, 3, 0, NOON - 3_700, True), (0, 3, 0, NOON + 6, False)]
    assert by(rows)[-1:] == [3]
    assert 2 not in by(rows)
    sent = sendings(rows)
    retried = retries(sent.bounds, sent.account, sent.at, sent.refused, 100)
    assert sent.account[retried].tolist() == [2]


def test_in_a_crowd_only_the_next_are_looked_at():
    rows: list[Row] = [(0, 1, 0, NOON, True)]
    rows += [(0, 2 + n, 0, NOON + 1 + n, False) for n in range(MOST_FOLLOWERS + 5)]
    assert by(rows) == list(range(2, 2 + MOST_FOLLOWERS))


def test_a_busy_hour_and_an_outage_are_crowds():
    rows: list[Row] = [(0, 1, 0, NOON, True)]
    rows += [(0, 2, 0, NOON - 60 * n, False) for n in range(1, 12)] + [(0, 2, 0, 60.0, False)]
    # Eleven of the twelve others came in the hour before.
    sent = sendings(rows)
    days = count_days(sent, 100)
    assert read_refusals(sent, days).crowd == pytest.approx([12 / 1.5])
    # Four other accounts are refused in these ten minutes, of 5 refusals in 35 sendings.
    rows += [(1, 10 + n, 0, NOON + 3, True) for n in range(4)]
    rows += [(1, 20 + n, 0, 3_600.0 * (n % 11), False) for n in range(18)]
    sent = sendings(rows)
    days = count_days(sent, 100)
    cell = sent.at // 600_000
    here = int((cell == (BEGIN + NOON * 1_000) // 600_000).sum())
    outage = (4 + 1) / (here * 5 / len(rows) + 1)
    other = (4 + 1) / (22 / 144 + 1)
    found = read_refusals(sent, days)
    assert found.crowd[0] == pytest.approx(max(12 / 1.5, other) * outage)


def test_texts_whose_sendings_follow_each_other_move_together():
    # On each of ten days two accounts send it ten seconds apart: 10 of 20 are followed, where by the day's volume
    # 20 * 60 / 86,400 were to be expected within a minute.
    rows: list[Row] = [(0, a, day, NOON + 10.0 * a, False) for day in range(10) for a in (1, 2)]
    rows.append((0, 3, 0, 5.0, True))
    sent = sendings(rows)
    days = count_days(sent, 100)
    found = lockstep(sent, days, find_answers(sent, days, read_refusals(sent, days)))
    expected = 20 * WITHIN / 86_400
    assert found[0] == pytest.approx(np.maximum(np.array([1, 11, 11]) / (expected + 1), 1))


def test_what_follows_a_refusal_does_not_follow_what_went_through_before_it():
    rows: list[Row] = [(0, 1, 0, NOON, False), (0, 2, 0, NOON + 4, False)]
    rows += [(0, 1, 1, NOON, False), (0, 1, 1, NOON + 2, True), (0, 2, 1, NOON + 4, False)]
    rows += [(0, 1, 2, NOON, False), (0, 2, 2, NOON + 30, False)]
    sent = sendings(rows)
    sent_by_one, follows = followed_by(sent, np.array([0]), np.array([1]), np.array([2]), 100)
    assert sent_by_one.tolist() == [3]
    assert follows.tolist() == [[1, 1, 2]]
