"""What one account alone carries does not join two large sides."""

import numpy as np
import pytest
from edges import Edge, graph_of
from helpers.holdings import NOW, link, make, rule

from linkage.communities.carriers import LARGE, carried_by_one, shared_by_one
from linkage.communities.cut import rejoin
from linkage.communities.rounds import join_groups

LINES = [(0, 30.0), (1, 30.0)]


def piece(low: int, high: int) -> np.ndarray:
    return np.array([0] * low + [1] * high, np.int32)


@pytest.mark.parametrize(
    ("edges", "stay_two"),
    [
        # Account 5 of the first side shares with three of the other.
        ([(5, LARGE, LINES), (5, LARGE + 1, LINES), (5, LARGE + 2, LINES)], True),
        # One account of the other side shares with all.
        ([(0, LARGE, LINES), (1, LARGE, LINES)], True),
        # Two of either side.
        ([(0, LARGE, LINES), (1, LARGE + 1, LINES)], False),
    ],
)
def test_two_large_sides_need_two_who_carry_what_joins_them(edges: list[Edge], stay_two: bool):
    graph = graph_of(2 * LARGE, edges)
    assert (rejoin(graph, piece(LARGE, LARGE), 20.0).max() == 1) == stay_two


def test_a_small_side_may_hang_on_one_account():
    edges: list[Edge] = [(5, LARGE, LINES)]
    small = graph_of(2 * LARGE - 1, edges)
    assert rejoin(small, piece(LARGE, LARGE - 1), 20.0).max() == 0


def test_a_star_and_the_end_of_a_join_stand_for_many():
    star = graph_of(2 * LARGE, [(5, 2 * LARGE, LINES)], stars=1)
    size = np.array([LARGE, LARGE], np.int32)
    low, high = np.array([0], np.int32), np.array([1], np.int32)
    # Account 5 is alone at its end, whatever stands at the other.
    with_star = np.append(piece(LARGE, LARGE), np.int32(1))
    assert carried_by_one(star, with_star, low, high, size).tolist() == [True]
    both = graph_of(2 * LARGE, [(5, 2 * LARGE, LINES), (6, 2 * LARGE, LINES)], stars=1)
    assert carried_by_one(both, with_star, low, high, size).tolist() == [False]
    joined = graph_of(2 * LARGE, [(5, LARGE, LINES)], whole=True)
    assert carried_by_one(joined, piece(LARGE, LARGE), low, high, size).tolist() == [False]


SHARED = [("text" if number % 2 else "net", number) for number in range(12)]


def two_groups(carriers: int):
    """Two groups of `LARGE` on a card and a machine each, and twelve values that accounts of either hold."""
    rows = [(a, kind, f"{kind}{a // LARGE}") for a in range(2 * LARGE) for kind in ("pay", "dev")]
    for kind, number in SHARED:
        rows += [(LARGE + number, kind, number, [NOW]), (number % carriers, kind, number, [NOW])]
    return make(rows, crowd=100_000)


@pytest.mark.parametrize(("carriers", "apart"), [(1, True), (2, False)])
def test_groups_are_not_joined_as_wholes_by_one_account(carriers: int, apart: bool):
    made = two_groups(carriers)
    linked = link(made, rule())
    holdings = linked.holdings
    community = np.arange(holdings.accounts, dtype=np.int32)
    community[: 2 * LARGE] = np.repeat([0, 1], LARGE)
    shared = [made.place[value] for value in SHARED]
    sides = np.array([0], np.int32), np.array([1], np.int32)
    found = shared_by_one(
        holdings, community, sides, np.bincount(community), np.zeros(len(shared), np.int64), np.array(shared)
    )
    assert found.tolist() == [apart]
    _, joins = join_groups(linked, 1)
    assert (len(joins) == 0) == apart
