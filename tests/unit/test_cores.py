"""Work beside other work: it is done when the body is, and what goes wrong in it is told."""

import threading

import pytest

from linkage.cores import beside


def test_both_are_done_at_the_end_each_on_a_thread_of_its_own():
    begun = threading.Event()

    def work() -> int:
        begun.set()
        return threading.get_ident()

    with beside(work) as made:
        assert begun.wait(60)
    assert made.done()
    assert made.result() != threading.get_ident()


def test_what_goes_wrong_is_told_to_whoever_asks():
    with beside(lambda: 1 // 0) as made, pytest.raises(ZeroDivisionError):
        made.result()
