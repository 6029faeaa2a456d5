"""Both engines on simulated worlds and real data: the same links, and rings that differ by no more than Leiden does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from helpers.graph import forget_all, query
from helpers.night import Recorder

import linkage
from linkage.communities.cut import components
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.evaluate import evaluate, read_labels
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import Settings, load_settings
from linkage.simulate import simulate
from linkage.simulate.levels import Level
from linkage.simulate.tables import AS_OF

ROOT = Path(linkage.__file__).parents[1]
WALLETS = ROOT.parent / "shared" / "data" / "wallets"


@dataclass(frozen=True)
class Source:
    """What both engines are given; `flags` is how many accounts at least a night flags there."""

    folder: Path
    labels: str
    settings: Settings
    as_of: datetime | None
    flags: int

    @property
    def judged(self) -> str:
        """Which rings are held against the labels: all, where too few are flagged to compare anything."""
        return "flagged" if self.flags else "all"


def world(accounts: int, level: Level = "easy", *, flags: int) -> Callable[[Path], Source]:
    def write(folder: Path) -> Source:
        simulate(folder, accounts=accounts, days=30, exchanges_per_account=20.0, seed=5, level=level)
        return Source(folder, "labels.parquet", Settings(), AS_OF, flags)

    return write


def wallets(_: Path) -> Source:
    settings = load_settings(ROOT / "examples" / "wallets" / "linkage.toml")
    return Source(WALLETS, "labels.csv", settings, None, flags=0)


SOURCES = {
    "world": world(10_000, flags=100),
    "careful": world(6_000, "careful", flags=0),
    "wallets": wallets,
    "large": world(100_000, flags=1_000),
    "large-careful": world(30_000, "careful", flags=0),
}

MARKS = {
    "wallets": pytest.mark.skipif(not WALLETS.is_dir(), reason="the wallets data is not beside the project"),
    "large": pytest.mark.full,
    "large-careful": pytest.mark.full,
}


class Both:
    """One source on both engines: views, and what the server's engine was given."""

    def __init__(self, login: Login, folder: Path, source: Source) -> None:
        self.source = source
        self.store = folder / "server"
        self.given = Recorder(Neo4jEngine(login, self.store, plain=True))
        self.embedded = EmbeddedEngine(folder / "store")
        for engine in (self.embedded, self.given):
            run_nightly(engine, self.options("one"), Silent())

    def options(self, run_id: str) -> NightlyOptions:
        return NightlyOptions(self.source.folder, self.source.settings, self.source.as_of, run_id)

    @property
    def views(self):
        return self.embedded.view(), self.given.view()


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=MARKS.get(name, ())) for name in SOURCES],
)
def both(request, neo4j_server, tmp_path_factory) -> Iterator[Both]:
    login = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(login)
    folder = tmp_path_factory.mktemp("both")
    found = Both(login, folder, SOURCES[request.param](folder / "source"))
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
    assert rand_index(server._communities.components(uids, []), label[: graph.accounts]) == 1.0


def test_the_flagged_accounts_are_the_same_up_to_half_a_percent(both):
    ours, theirs = (
        set(table.filter(table["flagged"])["account_id"].to_pylist())
        for table in (view.memberships() for view in both.views)
    )
    assert len(ours) >= both.source.flags
    assert len(ours ^ theirs) <= 0.005 * len(ours)


def rings_of(memberships: pa.Table) -> dict[str, str]:
    return dict(zip(memberships["account_id"].to_pylist(), memberships["ring_id"].to_pylist(), strict=True))


def member_sets(rings: dict[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for account, ring in rings.items():
        found.setdefault(ring, set()).add(account)
    return {frozenset(members) for members in found.values()}


def test_the_rings_are_the_same_up_to_what_leiden_does(both, request):
    ours, theirs = (rings_of(view.memberships()) for view in both.views)
    # An account that only one engine puts in a ring is alone with the other.
    names = sorted({*ours, *theirs})
    numbers = [
        np.unique([found.get(name, f"alone {name}") for name in names], return_inverse=True)[1]
        for found in (ours, theirs)
    ]
    index = rand_index(*numbers)
    one, other = member_sets(ours), member_sets(theirs)
    moved = {account for ring in one ^ other for account in ring}
    print(
        f"{request.node.callspec.id}: {len(names):,} accounts in {len(one):,} rings; adjusted Rand index {index:.6f};"
        f" {len(one - other):,} rings of the embedded engine and {len(other - one):,} of the server's differ, over"
        f" {len(moved):,} accounts"
    )
    assert len(one) > 5
    assert len({*ours} ^ {*theirs}) <= 0.005 * len(names)
    assert index >= 0.99


def test_rings_of_the_same_members_are_as_tight(both):
    def tight(view):
        sets: dict[str, set[str]] = {}
        for account, ring in rings_of(view.memberships()).items():
            sets.setdefault(ring, set()).add(account)
        return {
            frozenset(sets[row["ring_id"]]): (row["core"], row["clustering"])
            for row in view.rings().select(["ring_id", "core", "clustering"]).to_pylist()
        }

    ours, theirs = (tight(view) for view in both.views)
    same = ours.keys() & theirs.keys()
    assert len(same) > 5
    assert {ring: ours[ring] for ring in same} == {ring: theirs[ring] for ring in same}
    assert any(core >= 2 for core, _ in ours.values())


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


def test_both_find_the_true_rings_alike(both):
    truth = read_labels(both.source.folder / both.source.labels, both.source.settings)
    reports = (evaluate(view.memberships(), truth, min_size=8).numbers() for view in both.views)
    ours, theirs = (report[both.source.judged] for report in reports)
    # Enough is found for the comparison to say something; how much should be is asked elsewhere.
    assert ours["accounts"]["correct"] >= max(both.source.flags // 2, 10)
    for what in ("accounts", "pairs", "rings"):
        for figure in ("precision", "recall"):
            assert theirs[what][figure] == pytest.approx(ours[what][figure], abs=0.01), (what, figure)


def test_a_second_night_writes_the_difference(both):
    """After all others: the same world again changes nothing but what belongs to a run."""
    login = both.given._engine._server.login
    counts = (
        "MATCH ()-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF]->() RETURN type(r) AS type, count(r) AS count"
    )
    before = query(login, f"{counts} ORDER BY type")
    again = Recorder(Neo4jEngine(login, both.store, plain=True))
    again.publish = lambda run, judged: (
        again.given.update(written=dict(again._engine._writer.written)),
        again._engine.publish(run, judged),
    )
    run_nightly(again, both.options("two"), Silent())
    assert again.given["written"] == {"nodes": 0, "relationships": 0}
    assert query(login, f"{counts} ORDER BY type") == before
    assert again.view("one").memberships().equals(again.view("two").memberships())
    again.close()
