"""Numbers that are sorted by their digits: the same as by comparison."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.numbering import counted, greatest, numbered, placed

KEYS = st.lists(st.integers(0, 5) | st.integers(0, 2**40) | st.integers(2**62, 2**63 - 1))


@given(KEYS)
def test_distinct_numbers_ascend_and_everyone_knows_its_place(keys: list[int]):
    key = np.array(keys, np.int64)
    distinct, place = numbered(key)
    expected, inverse = np.unique(key, return_inverse=True)
    assert distinct.tolist() == expected.tolist()
    assert place.tolist() == inverse.tolist()
    assert key.tolist() == keys
    assert distinct.dtype == place.dtype == np.int64


@given(KEYS)
def test_distinct_numbers_are_counted(keys: list[int]):
    distinct, count = counted(np.array(keys, np.int64))
    expected = np.unique(np.array(keys, np.int64), return_counts=True)
    assert (distinct.tolist(), count.tolist()) == tuple(part.tolist() for part in expected)


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-3.0, 9.0))))
def test_the_greatest_value_of_each_number_is_found(rows: list[tuple[int, float]]):
    distinct, best = greatest(
        np.array([key for key, _ in rows], np.int64), np.array([value for _, value in rows])
    )
    expected = {key: max(0.0, *(value for other, value in rows if other == key)) for key, _ in rows}
    assert dict(zip(distinct.tolist(), best.tolist(), strict=True)) == expected


@given(st.lists(st.integers(0, 9)))
def test_the_places_of_a_number_ascend(numbers: list[int]):
    order, pointer = placed(np.array(numbers, np.int32), 11)
    for number in range(11):
        found = order[pointer[number] : pointer[number + 1]].tolist()
        assert found == [at for at, one in enumerate(numbers) if one == number]
