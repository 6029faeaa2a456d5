"""Hand-offs: their bits by hand, what a spare account and a pool give, and what an outage and a class do not."""

import numpy as np
import pytest
from refusing import NOON, Row, handed_on, sendings, users

from linkage.succession.handed import FALSE_HANDOFFS, MOST_A_DAY, STAKES, bets, hand_offs, look, text_bits
from linkage.succession.sendings import DAY, SECOND, WITHIN


def texts_of(rows: list[Row], accounts: int) -> np.ndarray:
    return text_bits(look(sendings(rows), accounts))[0]


def pairs_of(rows: list[Row], accounts: int = 1_000) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs by texts, and by themselves."""
    both = hand_offs(sendings(rows), accounts)
    handed, spare = (set(zip(one.refused.tolist(), one.sent.tolist(), strict=True)) for one in both)
    return handed, spare


def test_bits_of_a_text_by_hand():
    # One other sending a day, within 5 s of the refusal: by chance once in 86,400 / 5 days. A day wins 256 at most.
    assert WITHIN.tolist() == [5, 20, 60]
    assert MOST_A_DAY == 256
    assert STAKES.tolist() == [0.8, 0.3, 0.05]
    won = [0.2 + 0.8 * 256, 0.7 + 0.3 * 256, 0.95 + 0.05 * 256]
    assert texts_of(handed_on(0, 1, 2, [0, 1, 3]), 3) == pytest.approx(np.log2(np.mean(np.power(won, 3))))


def test_a_later_answer_counts_within_the_wider_widths_only():
    # 30 s later, and the other one sends it on the hour 20 times a day: 20 * 60 / 86,400 within a minute.
    rows = handed_on(0, 1, 2, [0, 1], second=NOON + 100, after=30)
    rows += [
        (0, 2, day, 3_600.0 * hour, False)
        for day in (0, 1)
        for hour in range(24)
        if hour not in (3, 6, 9, 11, 12)
    ]
    one = look(sendings(rows), 3)
    assert one.chance == pytest.approx(np.tile(20 * WITHIN / 86_400, (2, 1)))
    won = 86_400 / (20 * 60)
    days = [(1 - s + s * won) ** 2 for s in STAKES] + [(1 - s) ** 2 for s in STAKES] * 2
    assert text_bits(one)[0] == pytest.approx(np.log2(np.mean(days)))


def test_refusals_of_a_day_are_one_vote():
    # Four refusals on a day of which one is answered win a quarter of one; another day's answer is another vote.
    rows = handed_on(0, 1, 2, [0])
    rows += [(0, 1, 0, NOON + 7_200.0 * n, True) for n in (-3, -2, -1)]
    won = 86_400 / 5 / 4, 86_400 / 20 / 4, 86_400 / 60 / 4
    assert min(won) > MOST_A_DAY
    assert texts_of(rows, 3) == pytest.approx(np.log2(np.mean(1 - STAKES + STAKES * 256)))


def test_the_mean_of_bets_is_taken_over_widths_and_stakes():
    won = np.array([[2.0, 0.0, 1.0], [4.0, 0.5, 1.0]])
    by_hand = [(1 - s + s * one) * (1 - s + s * two) for s in STAKES for one, two in zip(*won, strict=True)]
    assert bets(won, np.array([0, 0]), 2).tolist() == pytest.approx([np.log2(np.mean(by_hand)), 0.0])


def test_a_spare_account_is_found_among_the_users_of_a_text():
    rng = np.random.default_rng(1)
    rows = users(rng, 0, list(range(60)), 30)
    rows += [row for day in (2, 5, 9, 14) for row in handed_on(0, 70, 71, [day], second=NOON + 700 * day)]
    _, spare = pairs_of(rows)
    assert spare == {(70, 71)}
    assert (71, 70) not in spare


def test_the_same_pair_is_one_over_all_its_texts():
    # Prompts that are written once: each is a text of its own, which the two of them send.
    rows = [row for n in range(4) for row in handed_on(n, 1, 2, [2 * n])]
    found = hand_offs(sendings(rows), 3)[1]
    assert (found.refused.tolist(), found.sent.tolist(), found.times.tolist()) == ([1], [2], [4])
    # Of 4 possible pairs, once a text, one is accepted; a spare account that always goes on has the highest stakes.
    won = [(1 - s + s * 256) ** 4 for s in STAKES]
    assert found.bits == pytest.approx(np.log2(np.mean(won)))


def test_once_is_chance_and_one_day_is_once():
    rows = handed_on(0, 1, 2, [0]) + handed_on(0, 1, 2, [0], second=NOON + 5_000)
    assert pairs_of(rows, 3) == (set(), set())


def test_a_pool_whose_accounts_go_on_in_turn_is_found_though_no_pair_repeats():
    rng = np.random.default_rng(2)
    rows = [row for text in range(40) for row in users(rng, text, list(range(10 * text, 10 * text + 10)), 30)]
    ring = list(range(500, 530))
    rows += users(rng, 40, ring, 30, daily=1.0, refused=0.02)
    pairs = [(500 + n, 515 + n) for n in range(12)]
    for n, (one, two) in enumerate(pairs):
        rows += handed_on(40, one, two, [2 * n + 1], second=float(rng.uniform(25_000, 60_000)), after=8)
    handed, _ = pairs_of(rows)
    # One in ten may be chance.
    assert len(handed & set(pairs)) >= 10
    assert len(handed - set(pairs)) <= 2


def test_what_is_told_of_a_pair():
    rows = handed_on(0, 1, 2, [0, 1]) + handed_on(0, 1, 2, [3], after=17)
    handed, _ = hand_offs(sendings(rows), 3)
    assert (handed.times.tolist(), handed.within.tolist()) == ([3], [20])
    assert (handed.last - handed.first).tolist() == [72]
    assert handed.first.tolist() == [20_000 * 24 + 12]


def outage(rng: np.random.Generator, rows: list[Row], day: int, second: float, minutes: float) -> list[Row]:
    """These, and an outage: who comes while it lasts is refused, and tries again when it is over, or a bit before."""
    found: list[Row] = []
    over = second + 60 * minutes
    for text, account, when, at, refused in rows:
        if when != day or abs(at - second) > 3_600:
            found.append((text, account, when, at, refused))
            continue
        # Everybody who works in these two hours happens to come during the outage.
        tries = np.sort(rng.uniform(second, over, 3))
        found += [(text, account, when, float(one), True) for one in tries]
        found.append((text, account, when, over + float(rng.exponential(30.0)), False))
    return found


def test_an_outage_gives_nothing():
    rng = np.random.default_rng(3)
    rows = users(rng, 0, list(range(300)), 30)
    rows += [
        row
        for text in range(1, 40)
        for row in users(rng, text, list(range(300 + 8 * text, 308 + 8 * text)), 30)
    ]
    for day, minutes in ((3, 2), (8, 3), (11, 5), (20, 1)):
        rows = outage(rng, rows, day, 11 * 3_600.0, minutes)
    assert pairs_of(rows) == (set(), set())


def test_those_who_come_just_after_an_outage_go_on_with_nobodys_work():
    rng = np.random.default_rng(4)
    rows: list[Row] = []
    for text in range(60):
        people = list(range(10 * text, 10 * text + 10))
        rows += users(rng, text, people, 30)
        for day in (4, 9, 16):
            # One of them is refused in the outage's last minute, another comes in the first minute after it.
            rows += handed_on(
                text, people[0], people[1], [day], second=NOON + float(rng.uniform(0, 40)), after=20
            )
    assert pairs_of(rows)[0] == set()


def test_a_class_gives_nothing():
    rng = np.random.default_rng(5)
    rows: list[Row] = []
    for text in range(12):
        pupils = list(range(30 * text, 30 * text + 30))
        hour = float(rng.integers(8, 16)) * 3_600
        for day in (text % 5 + week for week in (0, 7, 14, 21)):
            rows += [
                (text, pupil, day, hour + float(rng.uniform(0, 3_000)), bool(rng.random() < 0.06))
                for pupil in pupils
                for _ in range(rng.poisson(5))
            ]
    assert pairs_of(rows) == (set(), set())


def test_jobs_on_the_hour_follow_each_other_whether_they_are_refused_or_not():
    rng = np.random.default_rng(6)
    rows = [
        (0, account, day, hour * 3_600 + 10.0 * account + float(rng.uniform(0, 3)), bool(rng.random() < 0.1))
        for account in range(4)
        for day in range(30)
        for hour in range(6, 12)
    ]
    assert pairs_of(rows, 4) == (set(), set())


def test_by_chance_a_bet_has_mean_one():
    won, accepted = [], 0
    for seed in range(12):
        rng = np.random.default_rng(100 + seed)
        rows = [
            row for t in range(40) for row in users(rng, t, list(range(6 * t, 6 * t + 6)), 15, refused=0.2)
        ]
        bits, asked, _ = text_bits(look(sendings(rows), 300))
        won += (2.0 ** bits[asked]).tolist()
        accepted += len(hand_offs(sendings(rows), 300)[0]) > 0
    assert len(won) > 400
    assert np.mean(won) < 1.1
    assert accepted <= 12 * FALSE_HANDOFFS


def test_of_what_is_accepted_few_are_chance_and_shuffled_days_give_nothing():
    false = true = shuffled = 0
    for seed in range(6):
        rng = np.random.default_rng(200 + seed)
        rows = [row for t in range(40) for row in users(rng, t, list(range(8 * t, 8 * t + 8)), 30)]
        real = set()
        for text in range(10):
            for day in rng.choice(30, 6, replace=False):
                one, two = (8 * text + rng.choice(8, 2, replace=False)).tolist()
                real.add((one, two))
                rows += handed_on(
                    text, one, two, [int(day)], float(rng.uniform(30_000, 60_000)), float(rng.uniform(1, 40))
                )
        found = pairs_of(rows)[0]
        true += len(found & real)
        false += len(found - real)
        # Each sending that was not refused moves to another moment of its day.
        moved = [r if r[4] else (*r[:3], float(rng.uniform(0, DAY / SECOND - 1)), False) for r in rows]
        shuffled += len(pairs_of(moved)[0])
    assert true > 50
    assert false <= FALSE_HANDOFFS * (true + false)
    assert shuffled <= 1
