"""Both engines on one simulated world: the same links, and rings that differ by no more than Leiden does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.graph import forget_all, query
from helpers.night import Recorder, options

from linkage.communities.cut import components
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.evaluate import evaluate, read_labels
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import Settings
from linkage.simulate import simulate
from linkage.simulate.tables import AS_OF


class Both:
    """One world on both engines: views, and what the server's engine was given."""

    def __init__(self, login: Login, folder: Path, accounts: int) -> None:
        simulate(folder / "world", accounts=accounts, days=30, exchanges_per_account=20.0, seed=5)
        self.source = folder / "world"
        self.given = Recorder(Neo4jEngine(login, folder / "server", plain=True))
        self.embedded = EmbeddedEngine(folder / "store")
        for engine in (self.embedded, self.given):
            run_nightly(engine, self.options("one"), Silent())

    def options(self, run_id: str) -> NightlyOptions:
        return replace(options(self.source, run_id), as_of=AS_OF)

    @property
    def views(self):
        return self.embedded.view(), self.given.view()


@pytest.fixture(scope="module", params=[10_000, pytest.param(100_000, marks=pytest.mark.full)])
def both(request, neo4j_server, tmp_path_factory) -> Iterator[Both]:
    login = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(login)
    found = Both(login, tmp_path_factory.mktemp("both"), request.param)
    yield found
    found.given.close()
    forget_all(login)


def rand_index(one: np.ndarray, other: np.ndarray) -> float:
    """The adjusted Rand index of two partitions of the same items (Hubert and Arabie 1985)."""

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    joint = np.unique(np.stack([one, other]), axis=1, return_counts=True)[1]
    a, b = (pairs(np.unique(side, return_counts=True)[1]) for side in (one, other))
    expected = a * b / pairs(np.array([len(one)]))
    return (pairs(joint) - expected) / ((a + b) / 2 - expected)


def test_the_links_are_the_same(both):
    ours, theirs = (view.links() for view in both.views)
    assert theirs.equals(ours)


def test_the_components_on_the_server_are_ours(both):
    graph = both.given.given["graph"].graph
    label = components(graph.vertices, graph.source, graph.target)
    # Raises where they differ; the numbers are those of what was loaded.
    server = both.given._engine
    uids = [f"a:{name}" for name in both.given.given["graph"].accounts["account_id"].to_pylist()]
    rows = server._communities.components(uids, [])
    stars = label[: graph.accounts]
    assert rand_index(rows, stars) == 1.0


def test_the_flagged_accounts_are_the_same_up_to_half_a_percent(both):
    ours, theirs = (
        set(table.filter(table["flagged"])["account_id"].to_pylist())
        for table in (view.memberships() for view in both.views)
    )
    assert len(ours) > 100
    assert len(ours ^ theirs) <= 0.005 * len(ours)


def test_the_rings_are_the_same_up_to_what_leiden_does(both):
    ours, theirs = (
        dict(zip(table["account_id"].to_pylist(), table["ring_id"].to_pylist(), strict=True))
        for table in (view.memberships() for view in both.views)
    )
    assert set(ours) == set(theirs)
    names = sorted(ours)
    numbers = [np.unique([found[name] for name in names], return_inverse=True)[1] for found in (ours, theirs)]
    index = rand_index(*numbers)
    print(f"adjusted Rand index of {len(names):,} memberships: {index:.6f}")
    assert index >= 0.99


def test_any_pair_is_explained_alike(both):
    ours, theirs = both.views
    links = ours.links()
    chosen = np.linspace(0, links.num_rows - 1, 12).astype(int).tolist()
    names = [(links["account_a"][at].as_py(), links["account_b"][at].as_py()) for at in chosen]
    names += [(names[0][0], names[5][1]), (names[3][0], names[9][1])]
    for pair in names:
        one, other = ours.explain(*pair), theirs.explain(*pair)
        rings = {"ring_a": other.ring_a, "ring_b": other.ring_b}
        assert replace(one, **rings) == other


def test_both_find_the_planted_rings_alike(both):
    truth = read_labels(both.source / "labels.parquet", Settings())
    ours, theirs = (evaluate(view.memberships(), truth, min_size=8).numbers() for view in both.views)
    # Enough is flagged for the comparison to say something; how much should be is asked elsewhere.
    assert ours["flagged"]["accounts"]["f1"] > 0.5
    for what in ("accounts", "pairs", "rings"):
        for figure in ("precision", "recall"):
            expected = pytest.approx(ours["flagged"][what][figure], abs=0.01)
            assert theirs["flagged"][what][figure] == expected, (what, figure)


def test_a_second_night_writes_the_difference(both):
    """After all others: the same world again changes nothing but what belongs to a run."""
    login = both.given._engine._server.login
    counts = (
        "MATCH ()-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF]->() RETURN type(r) AS type, count(r) AS count"
    )
    before = query(login, f"{counts} ORDER BY type")
    again = Recorder(Neo4jEngine(login, both.source.parent / "server", plain=True))
    again.publish = lambda run, judged: (
        again.given.update(written=dict(again._engine._writer.written)),
        again._engine.publish(run, judged),
    )
    run_nightly(again, both.options("two"), Silent())
    assert again.given["written"] == {"nodes": 0, "relationships": 0}
    assert query(login, f"{counts} ORDER BY type") == before
    assert again.view("one").memberships().equals(again.view("two").memberships())
    again.close()
