"""What an edge cannot do without, by hand: the threshold is 20 bits from two families, the discount 0.3."""

import numpy as np
import pytest
from tied import rule, tied

from linkage.communities.graph import Graph
from linkage.communities.rounds import Joins
from linkage.defence.ties import ties_of
from linkage.links.evidence import PairEvidence


def critical(lines, **more):
    ties, names, _ = tied([(0, 1, lines)], **more)
    return {names[at] for at in ties.identifier[ties.critical]}


def test_a_second_line_of_a_family_counts_in_full_once_the_best_is_gone():
    # 15 + 0.3 · 10 + 6 = 24. Without the first 10 + 6 = 16, without the second 21, without the text 18.
    assert critical({"payment_a": 15.0, "payment_b": 10.0, "content_t": 6.0}) == {"payment_a", "content_t"}


def test_a_second_family_is_needed_unless_the_line_is_near_proof():
    # 25 bits are enough alone, but not of one family.
    assert critical({"payment_a": 25.0, "content_t": 4.0}) == {"payment_a", "content_t"}
    assert critical({"payment_a": 25.0, "content_t": 4.0}, proof=["payment_a"]) == {"payment_a"}
    # What only supports is no family: without the text, payment stands alone.
    lines = {"payment_a": 25.0, "content_t": 4.0, "client_u": 4.0}
    assert critical(lines, support=["client_u"]) == {"payment_a", "content_t"}


def test_nothing_is_critical_where_there_is_enough():
    assert critical({"payment_a": 12.0, "content_t": 12.0, "network_i": 12.0}) == set()


def test_only_edges_inside_a_ring_are_ties():
    lines = {"payment_a": 12.0, "content_t": 12.0}
    ties, _, _ = tied([(0, 1, lines), (1, 2, lines), (2, 3, lines)], ring=[0, 0, 1, -1])
    assert (ties.source.tolist(), ties.target.tolist()) == ([0], [1])
    assert ties.margin.tolist() == [4.0]


@pytest.mark.parametrize(
    ("sizes", "bits", "margin"),
    [
        # Between groups of 6 and 12 the tries cost log2(6/3) + log2(12/3) = 3 bits.
        ((6, 12), 25.0, 2.0),
        # One account and a group of 16: its size lends 4 bits.
        ((1, 16), 18.0, 2.0),
        # What stands has nothing less than it needs.
        ((6, 12), 21.0, 0.0),
    ],
)
def test_groups_joined_as_wholes_pay_for_their_size(sizes, bits, margin):
    one = np.array([0], dtype=np.int32)
    graph = Graph(
        accounts=2, stars=0, source=one, target=one + 1, bits=np.array([bits]), edge=np.array([0]),
        identifier=one, line_bits=np.array([bits]), whole=np.array([False]), family=np.array([0], dtype=np.uint8),
        near_proof=np.array([False]), min_families=2,
    )  # fmt: skip
    lines = PairEvidence(np.array([0]), one, np.array([bits]), one, one, np.array([2]))
    joins = Joins(
        one, one + 1, np.array([sizes[0]], np.int32), np.array([sizes[1]], np.int32), np.array([bits]), lines
    )
    ties = ties_of(graph, joins, rule(), np.zeros(2, dtype=np.int32), np.zeros(1, dtype=np.uint8))
    assert ties.margin.tolist() == [margin]
