"""What a holding is worth: of two that share a value the lesser of both is what the pair's bits are by the formula."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.links.holdings import build_holdings
from linkage.links.rarity import KindArrays, Rarity, value_bits
from linkage.links.worth import shared_bits, weigh

NOW = 500_000


def held(
    last: list[int],
    values: list[int],
    strength: float,
    half_life: float,
    window: int,
    buckets: list[list[int]],
):
    """Two accounts on one value of one kind: the holdings, the kind and the value's rarity."""
    hours = [hour for row in buckets for hour in row]
    holdings = build_holdings(
        2, np.zeros(1, np.uint8), np.array([0, 1], np.int32), np.zeros(2, np.int32), np.zeros(2, np.int32),
        np.array(last, np.int32), np.ones(2, np.int64), np.repeat([0, 1], [len(row) for row in buckets]),
        np.array(hours, np.int32),
    )  # fmt: skip
    kinds = KindArrays(
        m=np.array([0.4]), cap=np.array([18.0]), window=np.array([window], np.int32),
        half_life=np.array([half_life]), family=np.zeros(1, np.uint8), near_proof=np.zeros(1, np.bool_),
        support=np.zeros(1, np.bool_), commonness=np.ones(1, np.bool_),
    )  # fmt: skip
    rarity = Rarity(
        degree=np.array([7.0]), strength=np.array([strength]), links=np.ones(1, np.bool_),
        near_proof=np.zeros(1, np.bool_), values=np.array([[one] for one in values], np.uint16),
        total=np.array([9_000.0]),
    )  # fmt: skip
    return holdings, kinds, rarity


def bits_of(holdings, kinds, rarity) -> float:
    worth = weigh(
        holdings, kinds, rarity, accounts=np.ones(2, np.bool_), values=np.ones(1, np.bool_), as_of=NOW
    )
    return shared_bits(0, 1, kinds.window[0], worth, holdings.bucket_ptr, holdings.buckets)


@given(
    st.tuples(st.integers(1, 65_535), st.integers(1, 65_535)),
    st.tuples(st.integers(NOW - 30_000, NOW + 50), st.integers(NOW - 30_000, NOW + 50)),
    st.sampled_from([0.0, 4_320.0]),
)
def test_the_busier_account_and_the_older_sighting_say_what_a_pair_shares(values, last, half_life):
    found = bits_of(*held(list(last), list(values), np.nan, half_life, 0, [[], []]))
    age = float(NOW - min(last))
    assert found == value_bits(0.4, 18.0, 7.0, float(max(values)), 9_000.0, age, half_life)


def test_what_cohesion_proves_depends_on_neither():
    assert bits_of(*held([NOW - 9_000, NOW], [1, 900], 12.5, 100.0, 0, [[], []])) == 12.5


def test_what_was_never_held_near_in_time_is_not_shared():
    apart = held([NOW, NOW], [1, 1], np.nan, 0.0, 24, [[NOW - 60, NOW - 31], [NOW - 6]])
    near = held([NOW, NOW], [1, 1], np.nan, 0.0, 24, [[NOW - 60, NOW - 30], [NOW - 6]])
    assert bits_of(*apart) == -1.0
    assert bits_of(*near) > 0.0
