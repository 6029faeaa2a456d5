"""What is remembered of a component changes no partition."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.communities.cut import canonical
from linkage.communities.graph import Graph, with_joins
from linkage.communities.native import leiden
from linkage.communities.pieces import partition_by
from linkage.communities.remembered import Remembered
from linkage.links.evidence import PairEvidence

THRESHOLD = 20.0


def world(rng: np.random.Generator, accounts: int = 90, stars: int = 3) -> Graph:
    """Some loose groups, with stars over a few of them."""
    group = rng.integers(0, 9, accounts)
    a, b = rng.integers(0, accounts, (2, 260))
    kept = (a < b) & ((group[a] == group[b]) | (rng.random(260) < 0.03))
    member = rng.choice(accounts, 18, replace=False)
    source = np.concatenate([a[kept], member]).astype(np.int32)
    target = np.concatenate([b[kept], accounts + member % stars]).astype(np.int32)
    edge = np.repeat(np.arange(len(source)), 2)
    bits = rng.uniform(5.0, 15.0, len(edge))
    return Graph(
        accounts=accounts,
        stars=stars,
        source=source,
        target=target,
        bits=np.bincount(edge, bits),
        edge=edge,
        identifier=rng.integers(0, 60, len(edge)).astype(np.int32),
        line_bits=bits,
        whole=np.zeros(len(source), np.bool_),
        family=(np.arange(60) % 3).astype(np.uint8),
        near_proof=rng.random(60) < 0.05,
        min_families=2,
    )


def joined(graph: Graph, rng: np.random.Generator) -> Graph:
    """The graph with a few joins more."""
    a, b = rng.integers(0, graph.accounts, (2, 3)).astype(np.int32)
    a, b = a[a != b], b[a != b]
    none = np.zeros(len(a), np.int32)
    what = rng.integers(0, 60, len(a)).astype(np.int32)
    bits = np.full(len(a), 30.0)
    lines = PairEvidence(np.arange(len(a)), what, bits, none, none, none.astype(np.int64))
    return with_joins(graph, a, b, bits, lines, whole=True)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_rounds_of_joins_are_cut_as_if_for_the_first_time(seed: int):
    rng = np.random.default_rng(seed)
    graph, memory = world(rng), Remembered()
    propose = partial(leiden, seed=1)
    for _ in range(5):
        found = memory.partition(graph, THRESHOLD, 1, propose)
        assert found.dtype == np.int32
        assert found.tolist() == partition_by(graph, THRESHOLD, propose).tolist()
        graph = joined(graph, rng)


def test_a_component_that_did_not_change_is_not_proposed_again():
    rng = np.random.default_rng(7)
    graph, memory, asked = world(rng), Remembered(), []

    def propose(source, target, bits, component):
        asked.append(len(source))
        return leiden(source, target, bits, component, seed=1)

    first = memory.partition(graph, THRESHOLD, 1, propose)
    assert memory.partition(replace(graph), THRESHOLD, 1, propose).tolist() == first.tolist()
    assert len(asked) == 1


@pytest.mark.parametrize("changed", ["line_bits", "near_proof", "family", "min_families", "threshold"])
def test_whatever_a_cut_depends_on_is_part_of_the_component(changed: str):
    graph, memory, asked = world(np.random.default_rng(7)), Remembered(), []

    def propose(source, target, bits, component):
        asked.append(len(source))
        return leiden(source, target, bits, component, seed=1)

    memory.partition(graph, THRESHOLD, 1, propose)
    other = {
        "line_bits": graph.line_bits + 1.0,
        "near_proof": ~graph.near_proof,
        "family": graph.family + np.uint8(1),
        "min_families": 1,
    }
    again = graph if changed == "threshold" else replace(graph, **{changed: other[changed]})
    memory.partition(again, THRESHOLD + (changed == "threshold"), 1, propose)
    assert len(asked) == 2


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**40), 2**40)))
def test_canonical_numbers_by_first_appearance(labels: list[int]):
    seen = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    assert canonical(np.array(labels, np.int64)).tolist() == [seen[label] for label in labels]
