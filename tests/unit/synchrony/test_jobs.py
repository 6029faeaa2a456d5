"""Texts that the same accounts send, as one job."""

import numpy as np
import pytest

from linkage.synchrony.jobs import COMMON_HOLDERS, MOST_TEXTS, jobs


def found(texts: list[list[int]]) -> list[tuple[int, list[int]]]:
    """The first text and the accounts of each job."""
    bounds = np.cumsum([0, *[len(text) for text in texts]]).astype(np.int64)
    accounts = [account for text in texts for account in text]
    made = jobs(bounds, np.array(accounts, np.int64), max(accounts, default=-1) + 1)
    assert len(made) == len(made.bounds) - 1
    return [
        (int(made.text[j]), made.member[made.bounds[j] : made.bounds[j + 1]].tolist())
        for j in range(len(made))
    ]


def test_texts_that_two_accounts_both_send_are_one_job():
    # Texts 1 and 2 share 3 and 4, texts 2 and 3 share 5 and 6; text 0 shares one account with text 1.
    assert found([[0, 3], [3, 4], [3, 4, 5, 6], [5, 6, 7], [20, 21]]) == [(1, [3, 4, 5, 6, 7])]


def test_a_text_alone_is_no_job():
    assert found([[0, 1, 2], [3, 4]]) == []
    assert found([]) == []


def test_two_common_accounts_of_texts_of_dozens_are_chance():
    left, right = list(range(20)), list(range(18, 40))
    # 2 of 20 are a tenth; 4 of 20 a fifth.
    assert found([left, right]) == []
    assert found([left, list(range(16, 40))]) == [(0, list(range(40)))]


def test_what_everybody_sends_joins_nothing():
    crowd = list(range(COMMON_HOLDERS + 1))
    # All accounts of the two rare texts send it, and they are one in sixty of its own.
    assert found([[0, 1], crowd, [5, 6]]) == []


def test_common_texts_of_one_party_are_one_job():
    # 60 of 200 and of 160 accounts, thirty times what chance gives in 16,000 (200 * 160 / 16,000 = 2).
    left, right = list(range(200)), list(range(140, 300))
    assert found([left, right, [15_999, 15_998]]) == [(0, list(range(300)))]


def test_common_texts_that_chance_lets_meet_are_not():
    # The same 60 in 1,600 accounts: chance gives 20, and readers of the same pages meet thrice as often.
    left, right = list(range(200)), list(range(140, 300))
    assert found([left, right, [1_599, 1_598]]) == []


@pytest.mark.parametrize(("more", "joined"), [(0, True), (1, False)])
def test_of_an_account_with_many_texts_the_rarest_count(more, joined):
    # Accounts 0 and 1 share the last two texts, of three accounts each, and have the other texts with one account each
    # that has no more: those are rarer, and each pair of texts shares only one account.
    rarer = [
        [account, 100 + MOST_TEXTS * account + number]
        for account in (0, 1)
        for number in range(MOST_TEXTS - 2 + more)
    ]
    last = found([*rarer, [0, 1, 5000], [0, 1, 5001]])
    assert (last == [(len(rarer), [0, 1, 5000, 5001])]) is joined


def test_jobs_do_not_depend_on_the_order_of_accounts_in_a_text():
    texts = [[0, 3], [3, 4], [6, 5, 3, 4], [5, 7, 6]]
    assert found(texts) == found([sorted(text) for text in texts])
