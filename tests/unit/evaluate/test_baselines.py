"""Each rule on a world in which it is known what it finds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from toy_world import write_world

from linkage.evaluate.baselines import any_shared, as_memberships, louvain, low_degree, p2p, synchrony
from linkage.evaluate.observe import World, observed
from linkage.evaluate.truth import IntArray
from linkage.settings import Settings

CROWD = [f"x{number:02d}" for number in range(51)]
NAMES = ["a", "b", "c", "d", "s1", "s2", "s3", *CROWD]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """a and b share a card, a device and an address; c and d a card; 51 others one address; s1 and s2 their hours."""
    source = write_world(
        tmp_path_factory.mktemp("toy") / "source",
        NAMES,
        cards=[("a", "one"), ("b", "one"), ("c", "two"), ("d", "two")],
        sessions=[
            ("a", "81.2.69.1", "device-a"),
            ("b", "81.2.69.1", "device-a"),
            *((name, "93.184.216.34", None) for name in CROWD),
        ],
        exchanges=[
            *(("s1", "tpl_x", day, 3) for day in range(1, 7)),
            *(("s2", "tpl_x", day, 3) for day in range(1, 7)),
            *(("s3", "tpl_x", day, 9) for day in range(1, 7)),
        ],
    )
    with observed(source, Settings()) as seen:
        yield seen


def groups(world: World, group: IntArray | None) -> set[frozenset[str]]:
    assert group is not None
    found = as_memberships(world, group)
    rings: dict[str, set[str]] = {}
    for account, ring in zip(found["account_id"].to_pylist(), found["ring_id"].to_pylist(), strict=True):
        rings.setdefault(ring, set()).add(account)
    return {frozenset(members) for members in rings.values()}


PAIR, CARD, TEXT = frozenset("ab"), frozenset("cd"), frozenset({"s1", "s2", "s3"})


def test_any_shared_identifier_joins_the_crowd_too(world: World) -> None:
    assert groups(world, any_shared(world)) == {PAIR, CARD, TEXT, frozenset(CROWD)}


def test_fifty_holders_are_the_limit(world: World) -> None:
    # The address has 51.
    assert groups(world, low_degree(world)) == {PAIR, CARD, TEXT}


def test_the_p2p_rule_wants_a_card_or_device_and_three_identifiers(world: World) -> None:
    assert groups(world, p2p(world)) == {PAIR}


def test_louvain_finds_what_is_apart(world: World) -> None:
    assert groups(world, louvain(world)) == {PAIR, CARD, TEXT, frozenset(CROWD)}


def test_synchrony_wants_the_same_hours_again_and_again(world: World) -> None:
    assert groups(world, synchrony(world)) == {frozenset({"s1", "s2"})}


def test_what_a_source_lacks_is_said(tmp_path: Path) -> None:
    source = write_world(tmp_path / "source", ["a", "b"], sessions=[("a", "81.2.69.1", None)])
    (source / "exchanges.csv").unlink()
    with observed(source, Settings()) as bare:
        assert p2p(bare) is None
        assert synchrony(bare) is None
        assert groups(bare, louvain(bare)) == set()


def test_a_single_account_is_no_ring(world: World) -> None:
    assert as_memberships(world, np.arange(len(NAMES))).num_rows == 0
