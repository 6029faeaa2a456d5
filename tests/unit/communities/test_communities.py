"""From links to communities: what stays whole, what is cut, and that nothing depends on the order of rows."""

from dataclasses import replace

import numpy as np
import pytest
from edges import Edge, graph_of
from helpers.holdings import NOW, link, make, pairs_of, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.communities.cut import canonical, components, rejoin
from linkage.communities.graph import Graph
from linkage.communities.native import partition
from linkage.communities.rounds import join_groups
from linkage.links.rarity import prior_log_odds, threshold_bits

RING = 20_000
THRESHOLD = 20.0


def star_ring(members: range, star: int, card: int, template: int) -> list[Edge]:
    """A ring on one card and one template, as the vertex that stands for both."""
    return [(account, star, [(card, 14.0), (template, 12.0)]) for account in members]


def band(members: range, reach: int, first: int) -> tuple[list[Edge], int]:
    """Each account linked to its next `reach` neighbours, each time by two identifiers of this pair alone."""
    edges: list[Edge] = []
    for a in members:
        for b in range(a + 1, min(a + reach + 1, members.stop)):
            edges.append((a, b, [(first, 13.0), (first + 1, 13.0)]))
            first += 2
    return edges, first


def communities(graph: Graph, seed: int = 1, threshold: float = THRESHOLD) -> list[set[int]]:
    """The accounts of each community of two or more, by their first account."""
    label = partition(graph, threshold, seed)
    found: dict[int, set[int]] = {}
    for account in range(graph.accounts):
        found.setdefault(int(label[account]), set()).add(account)
    return [members for members in found.values() if len(members) > 1]


# ── rings stay whole ──


def test_a_ring_of_20000_on_one_card_and_one_template_stays_whole():
    graph = graph_of(RING, star_ring(range(RING), RING, 0, 1), stars=1)
    assert communities(graph) == [set(range(RING))]


@pytest.mark.parametrize("reach", [2, 5])
def test_a_ring_of_20000_in_a_band_of_neighbours_stays_whole(reach: int):
    edges, _ = band(range(RING), reach, 0)
    found = communities(graph_of(RING, edges))
    assert [len(members) for members in found] == [RING]


def test_a_band_on_a_link_of_no_more_than_the_threshold_stays_whole():
    edges = [(a, a + step, [(3 * a + step, THRESHOLD / 2), (100_000 + 3 * a + step, THRESHOLD / 2)])
             for a in range(2_000) for step in (1, 2) if a + step < 2_000]  # fmt: skip
    assert [len(members) for members in communities(graph_of(2_000, edges))] == [2_000]


def test_a_ring_whose_accounts_are_linked_by_one_shared_value_each_stays_whole():
    # 40 cliques of 25, each on its own device, all on the ring's card and template: the star joins them.
    size = 1_000
    edges: list[Edge] = star_ring(range(size), size, 0, 1)
    for a in range(size):
        block = a // 25
        edges += [(a, b, [(2 + block, 16.0), (0, 8.0)]) for b in range(a + 1, (block + 1) * 25)]
    assert communities(graph_of(size, edges, stars=1)) == [set(range(size))]


@pytest.mark.parametrize("length", [3, 6, 8, 20, 40])
def test_a_small_chain_is_not_cut_to_crumbs(length: int):
    edges, _ = band(range(length), 1, 0)
    found = communities(graph_of(length, edges))
    # Pieces of three at least, and a short chain in one piece.
    assert sum(map(len, found)) == length
    assert min(map(len, found)) >= 3
    if length <= 8:
        assert len(found) == 1


# ── a wrong bridge merges nothing ──


@pytest.mark.parametrize("shape", ["stars", "bands"])
def test_two_rings_of_20000_joined_by_one_shared_address_stay_two(shape: str):
    if shape == "stars":
        edges = star_ring(range(RING), 2 * RING, 0, 1) + star_ring(range(RING, 2 * RING), 2 * RING + 1, 2, 3)
        following, stars = 4, 2
    else:
        one, following = band(range(RING), 3, 0)
        two, following = band(range(RING, 2 * RING), 3, following)
        edges, stars = one + two, 0
    # Members of both met on one address: a link in its own right each time, but one identifier all in all.
    edges += [(7 + i, RING + 7 + i, [(following, 22.0)]) for i in range(10)]
    assert communities(graph_of(2 * RING, edges, stars)) == [set(range(RING)), set(range(RING, 2 * RING))]


@pytest.mark.parametrize("shape", ["stars", "bands"])
def test_two_rings_of_20000_joined_by_a_full_link_of_one_pair_stay_two(shape: str):
    if shape == "stars":
        edges = star_ring(range(RING), 2 * RING, 0, 1) + star_ring(range(RING, 2 * RING), 2 * RING + 1, 2, 3)
        following, stars = 4, 2
    else:
        one, following = band(range(RING), 3, 0)
        two, following = band(range(RING, 2 * RING), 3, following)
        edges, stars = one + two, 0
    edges += [(7, RING + 7, [(following, 13.0), (following + 1, 12.0)])]
    assert communities(graph_of(2 * RING, edges, stars)) == [set(range(RING)), set(range(RING, 2 * RING))]


def test_two_small_rings_joined_by_much_are_one():
    one, following = band(range(10), 3, 0)
    two, following = band(range(10, 20), 3, following)
    bridges: list[Edge] = [(i, 10 + i, [(following + i, 21.0)]) for i in range(5)]
    assert communities(graph_of(20, one + two + bridges)) == [set(range(20))]


def test_across_a_cut_an_identifier_counts_once_and_not_once_a_pair():
    piece = np.array([0] * 3 + [1] * 3, np.int32)
    many = graph_of(6, [(a, b, [(0, 12.0)]) for a in range(3) for b in range(3, 6)])
    assert rejoin(many, piece, 20.0).tolist() == piece.tolist()
    two = graph_of(6, [(a, b, [(0, 12.0), (1, 9.0)]) for a in range(3) for b in range(3, 6)])
    assert rejoin(two, piece, 20.0).tolist() == [0] * 6


def test_across_a_cut_an_identifier_counts_at_its_best():
    piece = np.array([0] * 3 + [1] * 3, np.int32)
    graph = graph_of(6, [(0, 3, [(0, 1.0)]), (1, 4, [(0, 25.0)]), (2, 5, [(0, 3.0)])])
    assert rejoin(graph, piece, 20.0).tolist() == [0] * 6
    assert rejoin(graph, piece, 25.5).tolist() == piece.tolist()


def test_larger_sides_need_more_between_them():
    # Sides of 48: 2 · log2(48 / 3) = 8 bits more than the threshold.
    piece = np.array([0] * 48 + [1] * 48, np.int32)
    edges: list[Edge] = [(0, 48, [(0, 14.0)]), (1, 49, [(1, 13.0)])]
    assert rejoin(graph_of(96, edges), piece, 20.0).max() == 1
    assert rejoin(graph_of(96, edges), piece, 19.0).max() == 0


# ── from sightings ──


def whole(made):
    prior = prior_log_odds(made.accounts)
    return rule(threshold=threshold_bits(prior, 0.95), prior=prior)


@pytest.mark.parametrize("shared", ["address", "one pair"])
def test_from_sightings_two_large_rings_stay_two_and_whole(shared: str):
    size = 5_000
    rows = [(a, kind, f"{kind}{a // size}") for a in range(2 * size) for kind in ("pay", "text")]
    if shared == "address":
        rows += [(a, "net", "exit", [NOW]) for a in range(size - 6, size + 6)]
    else:
        rows += [(a, kind, "bridge") for a in (7, size + 7) for kind in ("dev", "old")]
    made = make(rows, crowd=100_000)
    linked = link(made, whole(made))
    graph, _ = join_groups(linked, 1)
    assert communities(graph, threshold=linked.rule.threshold) == [
        set(range(size)),
        set(range(size, 2 * size)),
    ]


def test_from_sightings_a_band_stays_whole():
    size = 5_000
    rows = [
        (end, kind, f"{a}-{a + step}")
        for a in range(size - 3)
        for step in (1, 2, 3)
        for end in (a, a + step)
        for kind in ("pay", "dev")
    ]
    made = make(rows, crowd=20_000)
    linked = link(made, whole(made))
    assert len(linked.pairs) == 3 * (size - 3)
    graph, _ = join_groups(linked, 1)
    assert [len(members) for members in communities(graph, threshold=linked.rule.threshold)] == [size]


def test_groups_that_share_many_weak_things_as_wholes_are_joined():
    # Two teams of one party: two accounts across share an address or a text, too little each, but there are ten.
    rows = [(a, kind, f"{kind}{a // 10}") for a in range(20) for kind in ("pay", "dev", "old")]
    rows += [
        (a + side, "text" if a % 2 else "net", f"across{a}", [NOW]) for a in range(10) for side in (0, 10)
    ]
    made = make(rows, crowd=20_000)
    linked = link(made, rule(threshold=25.0))
    assert all(a // 10 == b // 10 for a, b in pairs_of(linked))
    assert len(linked.pairs) == 90
    graph, joins = join_groups(linked, 1)
    assert len(joins) == 1
    assert communities(graph, threshold=25.0) == [set(range(20))]


def test_groups_that_share_one_thing_as_wholes_are_not_joined():
    rows = [(a, kind, f"{kind}{a // 10}") for a in range(20) for kind in ("pay", "dev", "old")]
    rows += [(a, "net", "exit", [NOW]) for a in range(5, 15)]
    made = make(rows, crowd=20_000)
    linked = link(made, rule(threshold=25.0))
    graph, joins = join_groups(linked, 1)
    assert len(joins) == 0
    assert communities(graph, threshold=25.0) == [set(range(10)), set(range(10, 20))]


def _two_operators_behind_one_network(text_bits: float) -> Graph:
    # Two cliques of 60; across lie 20 addresses of the rented pool and four texts. Even identifiers are network.
    edges: list[Edge] = []
    for first in (0, 60):
        edges += [
            (a, b, [(1_000 + first, 14.0), (1_001 + first, 12.0)])
            for a in range(first, first + 60)
            for b in range(a + 1, first + 60)
        ]
    edges += [(a, 60 + a, [(2 * (a % 20), 8.0), (2 * (a % 4) + 1, text_bits)]) for a in range(60)]
    return graph_of(120, edges)


def test_two_operators_behind_one_rented_network_stay_two():
    # Public texts coincide among 60 accounts each: 6 bits do not beat the tries, and addresses are one family.
    graph = _two_operators_behind_one_network(text_bits=6.0)
    assert communities(replace(graph, min_families=2)) == [set(range(60)), set(range(60, 120))]
    assert communities(graph) == [set(range(120))]


@pytest.mark.parametrize(("bits", "proves"), [(7.0, False), (7.5, True)])
def test_a_near_proof_line_stands_for_a_family_only_where_it_would_count_as_one(bits: float, proves: bool):
    # One mailbox in place of the texts; of sides of 60 it must beat log2(60 / 3) = 4.32 tries by 3 bits.
    graph = replace(_two_operators_behind_one_network(text_bits=bits), min_families=2)
    mailbox = replace(graph, near_proof=np.arange(len(graph.family)) == 1, family=np.zeros_like(graph.family))
    assert len(communities(mailbox)) == (1 if proves else 2)


def test_a_text_that_beats_the_tries_beside_the_network_makes_them_one():
    graph = replace(_two_operators_behind_one_network(text_bits=9.0), min_families=2)
    assert communities(graph) == [set(range(120))]


# ── canonical, seeded, indifferent to order ──


def test_components_and_numbers_by_first_appearance():
    label = components(6, np.array([4, 1], np.int32), np.array([5, 3], np.int32))
    assert label.tolist() == [0, 1, 2, 1, 3, 3]
    assert canonical(np.array([9, 2, 9, 0, 2], np.int32)).tolist() == [0, 1, 0, 2, 1]
    assert canonical(np.array([], np.int32)).tolist() == []


def test_a_graph_without_edges_or_accounts():
    assert partition(graph_of(3, []), THRESHOLD, 1).tolist() == [0, 1, 2]
    assert partition(graph_of(0, []), THRESHOLD, 1).tolist() == []


@pytest.mark.parametrize("seed", [1, 2, 99])
def test_equal_seeds_give_equal_partitions(seed: int):
    graph = _random_graph(np.random.default_rng(5))
    first = partition(graph, THRESHOLD, seed)
    assert (partition(graph, THRESHOLD, seed) == first).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_order_of_evidence_lines_does_not_matter(world: int, order: int):
    rng = np.random.default_rng(world)
    graph = _random_graph(rng)
    lines = np.random.default_rng(order).permutation(len(graph.edge))
    shuffled = replace(
        graph, edge=graph.edge[lines], identifier=graph.identifier[lines], line_bits=graph.line_bits[lines]
    )
    assert (partition(shuffled, THRESHOLD, 1) == partition(graph, THRESHOLD, 1)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_partition_refines_the_components_and_names_every_vertex(world: int):
    graph = _random_graph(np.random.default_rng(world))
    label = partition(graph, THRESHOLD, 1)
    component = components(graph.vertices, graph.source, graph.target)
    assert label.tolist() == canonical(label).tolist()
    for community in range(int(label.max()) + 1):
        assert len(set(component[label == community].tolist())) == 1


def _random_graph(rng: np.random.Generator) -> Graph:
    """Groups of several sizes with some bridges."""
    edges: dict[tuple[int, int], list[tuple[int, float]]] = {}
    start, identifier = 0, 0
    for size in rng.integers(2, 30, 6).tolist():
        for a in range(start, start + size):
            for b in rng.integers(start, start + size, 3).tolist():
                if a != b:
                    edges[min(a, b), max(a, b)] = [(identifier, 11.0), (identifier + 1, 12.0)]
                    identifier += int(rng.integers(0, 3))
        start += size
    for a, b in rng.integers(0, start, (5, 2)).tolist():
        if a != b:
            edges[min(a, b), max(a, b)] = [(identifier, float(rng.uniform(20, 30)))]
            identifier += 1
    return graph_of(start, [(a, b, lines) for (a, b), lines in edges.items()])


def test_the_order_of_input_rows_does_not_matter():
    rng = np.random.default_rng(3)
    rows = []
    for group in range(30):
        for a in rng.choice(300, rng.integers(2, 15), replace=False).tolist():
            rows += [(a, kind, f"{kind}{group}") for kind in ("pay", "dev", "text") if rng.random() < 0.8]
    results = []
    for order in range(3):
        shuffled = [rows[i] for i in np.random.default_rng(order).permutation(len(rows))]
        made = make(shuffled, crowd=3_000)
        linked = link(made, whole(made))
        graph, _ = join_groups(linked, 1)
        results.append(partition(graph, linked.rule.threshold, 1).tolist())
    assert results[0] == results[1] == results[2]
    assert max(np.bincount(results[0])) > 2
