"""Keystones, bridges and borderline members of rings laid out by hand."""

import time

import numpy as np
import pytest
from tied import rule, tied

from linkage.communities.graph import Graph
from linkage.communities.rounds import _concatenated
from linkage.defence.bridges import bridges
from linkage.defence.keystones import keystones
from linkage.defence.members import borderline, held_bits
from linkage.defence.ties import ties_of

# Any two of the three lines are enough, so no single one is critical.
LEFT = {"payment_left": 12.0, "content_left": 12.0, "network_left": 12.0}
RIGHT = {"payment_right": 12.0, "content_right": 12.0, "network_right": 12.0}
BRIDGE = {"payment_bridge": 11.0, "content_bridge": 11.0}
LEAF = {"payment_leaf": 13.0, "content_leaf": 9.0}
# 0–1–2 and 3–4–5 hold in any case; 2–3 joins them, and 6 hangs on 5.
DUMB_BELL = [(0, 1, LEFT), (1, 2, LEFT), (2, 3, BRIDGE), (3, 4, RIGHT), (4, 5, RIGHT), (5, 6, LEAF)]


def test_a_ring_falls_in_two_without_one_identifier():
    ties, names, _ = tied(DUMB_BELL)
    found = keystones(ties)[0]
    told = {names[one.identifier]: (one.ties, one.pieces, one.sizes, one.alone) for one in found}
    # What only one account hangs on parts nothing: it is a borderline member.
    assert told == {"payment_bridge": (1, 2, (4, 3), 0), "content_bridge": (1, 2, (4, 3), 0)}


def test_a_second_edge_with_other_evidence_leaves_no_keystone():
    other = {"device_other": 12.0, "network_other": 12.0}
    ties, _, _ = tied([*DUMB_BELL[:-1], (1, 4, other)])
    assert keystones(ties) == {}


def test_a_card_that_two_bridges_rest_on_is_one_keystone():
    again = {"payment_bridge": 11.0, "content_again": 11.0}
    ties, names, _ = tied([*DUMB_BELL[:-1], (1, 4, again)])
    (one,) = keystones(ties)[0]
    assert (names[one.identifier], one.ties, one.sizes) == ("payment_bridge", 2, (3, 3))


def test_a_star_falls_into_single_accounts_without_what_it_stands_for():
    edges = [(account, 6, {"payment_card": 24.0}) for account in range(6)]
    ties, _, _ = tied(edges, stars=1, proof=["payment_card"])
    (one,) = keystones(ties)[0]
    assert (one.ties, one.pieces, one.sizes, one.alone) == (6, 6, (1, 1, 1, 1, 1), 6)
    # No cut of it has two sides of three.
    assert bridges(ties) == {}


def test_the_weakest_bridge_has_the_bits_across_it_and_what_its_sides_need():
    ties, names, _ = tied(DUMB_BELL)
    weakest = bridges(ties)[0][0]
    assert (weakest.small, weakest.large, weakest.edges) == (3, 4, 1)
    assert (weakest.a, weakest.b, weakest.edge_bits) == (2, 3, 22.0)
    assert weakest.bits == 22.0
    # Three accounts are free, four cost log2(4 / 3).
    assert weakest.needed == pytest.approx(20.0 + 0.4150375)
    assert [(names[at], bits) for at, bits in weakest.lines] == [
        ("content_bridge", 11.0),
        ("payment_bridge", 11.0),
    ]


def test_each_identifier_counts_once_across_a_bridge():
    edges = [*DUMB_BELL[:-1], (1, 4, {"payment_bridge": 12.0, "content_again": 11.0})]
    weakest = bridges(tied(edges)[0])[0][0]
    # The card at its best, 12, and two texts.
    assert (weakest.small, weakest.large, weakest.edges, weakest.bits) == (3, 3, 2, 34.0)
    # The strongest edge of the cut stands for it.
    assert (weakest.a, weakest.b, weakest.edge_bits) in ((1, 4, 23.0), (4, 1, 23.0))


def test_of_two_accounts_the_link_is_the_bridge():
    weakest = bridges(tied([(0, 1, LEAF)])[0])[0][0]
    assert (weakest.small, weakest.large, weakest.bits, weakest.needed) == (1, 1, 22.0, 20.0)


def test_membership_is_measured_against_the_rest_of_the_ring():
    ties, names, family = tied(DUMB_BELL)
    # 2 shares 12 bits with 1 and 11 with 3 in each of two families, and 12 in a third: 2 · (12 + 3.3) + 12 = 42.6;
    # 5 shares 12 and 13, 12 and 9, and 12: (13 + 3.6) + (12 + 2.7) + 12 = 43.3.
    assert held_bits(ties, family).tolist() == pytest.approx([36, 36, 42.6, 42.6, 36, 43.3, 22])
    count, (weakest,) = borderline(ties, family)[0]
    assert (count, weakest.account, weakest.bits, weakest.above, weakest.edges) == (1, 6, 22.0, 2.0, 1)
    assert names[weakest.rests_on] == "payment_leaf"


def test_what_hangs_on_two_edges_rests_on_neither():
    other = {"payment_other": 13.0, "content_other": 9.0}
    ties, _, family = tied([*DUMB_BELL, (4, 6, other)])
    # 13 + 0.3 · 13 + 9 + 0.3 · 9 = 28.6: more than 5 above the threshold.
    assert held_bits(ties, family)[6] == pytest.approx(28.6)
    assert borderline(ties, family) == {}


def chain(accounts: int) -> Graph:
    """A long ring whose links each rest on two identifiers of their own."""
    source = np.arange(accounts - 1, dtype=np.int32)
    lines = 2 * (accounts - 1)
    return Graph(
        accounts=accounts, stars=0, source=source, target=source + 1, bits=np.full(accounts - 1, 22.0),
        edge=np.repeat(np.arange(accounts - 1), 2), identifier=np.arange(lines, dtype=np.int32),
        line_bits=np.full(lines, 11.0), whole=np.zeros(accounts - 1, dtype=np.bool_),
        family=np.tile([0, 1], accounts - 1).astype(np.uint8),
        near_proof=np.zeros(lines, dtype=np.bool_), min_families=2,
    )  # fmt: skip


def test_cost_grows_with_the_edges_and_not_with_their_square():
    seconds = []
    for accounts in (5_000, 40_000):
        graph = chain(accounts)
        begun = time.process_time()
        ties = ties_of(graph, _concatenated([]), rule(), np.zeros(accounts, np.int32), graph.family)
        # Each of its links is a keystone and a bridge.
        halves = keystones(ties)[0]
        assert len(halves) == 5
        assert halves[0].sizes == (accounts // 2, accounts // 2)
        assert len(bridges(ties)[0]) == 3
        borderline(ties, graph.family)
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 8 * 4 * seconds[0]
