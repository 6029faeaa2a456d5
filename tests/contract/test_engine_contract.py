"""What every engine must do: a run is seen whole or not at all, whatever happens to who writes it."""

import threading
import time
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pytest
from helpers.night import statuses
from helpers.source import RING

from linkage.engine.base import RunGraph
from linkage.errors import LockedError, StoreError, UnknownRunError, UsageError

MEMBERSHIPS = ["account_id", "ring_id", "ring_score", "verdict", "flagged", "role", "campaign_id"]
LINKS = ["account_a", "account_b", "bits", "families", "evidence"]
HUBS = ["kind", "key", "accounts", "reason"]
CHANGES = ["ring_id", "event", "run_id", "previous_ids", "accounts_added", "accounts_removed"]
RINGS = [
    "ring_id", "size", "score", "verdict", "story", "flagged", "first_seen", "last_seen", "top_reasons", "parent_ids",
]  # fmt: skip


def prefixes(table) -> set[str]:
    """The runs after which the rings of a table are named."""
    return {ring.partition("/")[0] for ring in table["ring_id"].to_pylist()}


def test_an_empty_store_has_no_runs_and_nothing_to_see(connect):
    assert list(connect().runs()) == []
    with pytest.raises(StoreError, match="no published run"):
        connect().view()
    with pytest.raises(UnknownRunError, match="no run some-run"):
        connect().view("some-run")


def test_a_run_that_was_never_published_is_named_wrongly_and_the_store_is_sound(connect, night):
    engine = connect()
    run = night.as_run("dead", status="running")
    engine.begin(run)
    engine.fail(replace(run, status="failed"))
    night.give(connect(), "one", minute=1)
    for name in ("dead", "gone", "../gone"):
        with pytest.raises(UnknownRunError, match=name) as caught:
            connect().view(name)
        assert caught.value.exit_code == 2
    assert connect().view("one").run.run_id == "one"


def test_what_is_published_is_what_is_seen(connect, night):
    run = night.give(connect(), "one")
    view = connect().view()
    judged = night.judged_as("one")
    assert view.run == run
    assert view.memberships().equals(judged.memberships)
    assert view.rings().equals(judged.rings)
    assert view.changes().equals(judged.changes)
    assert view.explanations().column_names == judged.details.column_names
    assert view.explanations()["ring_id"].to_pylist() == judged.details["ring_id"].to_pylist()
    for name in ("campaign_rings", "campaign_accounts"):
        assert getattr(view, name)().equals(getattr(judged, name)), name
    assert view.campaigns().drop_columns("identifiers").equals(judged.campaigns.drop_columns("identifiers"))
    assert judged.campaigns["accounts"].to_pylist() == [len(RING)]
    assert view.links().equals(night.served["links"])
    assert view.hubs().equals(night.served["hubs"])
    assert statuses(connect()) == [("one", "published")]


def test_tables_have_the_columns_of_the_exports(connect, night):
    night.give(connect(), "one")
    view = connect().view()
    assert view.memberships().column_names == MEMBERSHIPS
    assert view.links().column_names == LINKS
    assert view.hubs().column_names == HUBS
    assert view.changes().column_names == CHANGES
    assert view.rings().column_names[: len(RINGS)] == RINGS


def test_the_partition_is_the_same_for_the_same_graph_and_seed(connect, night):
    found = []
    for run_id in ("one", "two"):
        engine = connect()
        run = night.as_run(run_id)
        engine.begin(replace(run, status="running"))
        engine.load(run, night.graph)
        found += [engine.partition(run, night.params).community for _ in range(2)]
        engine.discard(run)
    assert all((community == found[0]).all() for community in found)
    names = night.graph.accounts["account_id"].to_pylist()
    communities = {int(found[0][names.index(account)]) for account in RING}
    assert len(communities) == 1
    # Numbered by first appearance.
    _, first = np.unique(found[0], return_index=True)
    assert (np.diff(first) > 0).all()


def thinned(graph: RunGraph, kept: set[tuple[str, str]]) -> RunGraph:
    """The night's graph with these links alone; it has no stars and no joins."""
    names = graph.accounts["account_id"].to_pylist()
    links = [(names[row["a"]], names[row["b"]]) in kept for row in graph.links.to_pylist()]
    number = np.cumsum(links) - 1
    lines = np.array(links)[graph.evidence["link"].to_numpy()]
    moved = pa.array(number[graph.evidence["link"].to_numpy()][lines])
    at = graph.evidence.schema.get_field_index("link")
    inner = graph.graph
    own = np.array(links)[inner.edge]
    return replace(
        graph,
        links=graph.links.filter(pa.array(links)).set_column(0, "link", pa.array(np.arange(len(kept)))),
        evidence=graph.evidence.filter(pa.array(lines)).set_column(at, "link", moved),
        graph=replace(
            inner,
            source=inner.source[links],
            target=inner.target[links],
            bits=inner.bits[links],
            edge=number[inner.edge][own],
            identifier=inner.identifier[own],
            line_bits=inner.line_bits[own],
            whole=inner.whole[links],
        ),
    )


def test_densities_are_of_the_links_that_the_run_has(connect, night):
    # Nothing of the night before counts any more.
    night.give(connect(), "before")
    clique = list(combinations(RING[:4], 2))
    graph = thinned(night.graph, {*clique, *pairwise(RING[3:])})
    engine = connect()
    run = night.as_run("one", minute=1)
    engine.begin(replace(run, status="running"))
    engine.load(run, graph)
    density = engine.partition(run, night.params).density
    engine.discard(run)
    names = night.graph.accounts["account_id"].to_pylist()
    assert len(density.core) == len(density.clustering) == len(names)
    place = [names.index(account) for account in RING]
    assert density.core[place].tolist() == [3, 3, 3, 3, 1, 1, 1, 1]
    # The fourth has the clique's three and the chain's first as partners: three of their six pairs are linked.
    assert density.clustering[place].tolist() == pytest.approx([1, 1, 1, 0.5, 0, 0, 0, 0])
    assert density.core.sum() == 16


def test_a_partition_needs_a_graph(connect, night):
    engine = connect()
    engine.begin(night.as_run("one", status="running"))
    with pytest.raises(StoreError):
        engine.partition(night.as_run("one"), night.params)
    engine.discard(night.as_run("one"))


def test_nothing_is_seen_before_it_is_published(connect, night):
    writer, reader = connect(), connect()
    run = night.as_run("one")
    writer.begin(replace(run, status="running"))
    writer.load(run, night.graph)
    writer.partition(run, night.params)
    with pytest.raises(StoreError):
        reader.view()
    with pytest.raises(StoreError):
        reader.view("one")
    assert statuses(reader) == [("one", "running")]
    writer.publish(run, night.judged_as("one"))
    assert prefixes(reader.view().memberships()) == {"one"}


def test_a_view_is_pinned_to_its_run(connect, night):
    reader = connect()
    night.give(connect(), "one")
    early = reader.view()
    night.give(connect(), "two", minute=1)
    late = reader.view()
    assert (early.run.run_id, late.run.run_id) == ("one", "two")
    for view, run_id in ((early, "one"), (late, "two"), (reader.view("one"), "one")):
        assert prefixes(view.memberships()) == prefixes(view.rings()) == {run_id}
        explained = view.explain(RING[0], RING[1])
        assert explained.linked
        assert str(explained.ring_a).startswith(f"{run_id}/")


def test_a_run_that_fails_leaves_the_previous_one_and_says_so(connect, night):
    night.give(connect(), "one")
    writer = connect()
    run = night.as_run("two", minute=1)
    writer.begin(replace(run, status="running"))
    writer.load(run, night.graph)
    writer.fail(replace(run, status="failed", notes=("the disk burned",)))
    assert connect().view().run.run_id == "one"
    assert statuses(connect()) == [("one", "published"), ("two", "failed")]
    assert connect().runs()[-1].notes[-1] == "the disk burned"
    with pytest.raises(StoreError, match="failed"):
        connect().view("two")
    night.give(connect(), "three", minute=2)
    assert connect().view().run.run_id == "three"


def test_a_run_that_is_only_tried_leaves_no_trace(connect, night):
    night.give(connect(), "one")
    writer = connect()
    run = night.as_run("two", minute=1)
    writer.begin(replace(run, status="running"))
    writer.load(run, night.graph)
    writer.discard(run)
    assert statuses(connect()) == [("one", "published")]
    assert connect().view().run.run_id == "one"
    night.give(connect(), "two", minute=1)


def test_one_writer_at_a_time(connect, night):
    first, second = connect(), connect()
    first.begin(night.as_run("one", status="running"))
    with pytest.raises(LockedError) as caught:
        second.begin(night.as_run("two", status="running"))
    assert caught.value.exit_code == 75
    with pytest.raises(LockedError):
        second.prune(1)
    assert statuses(connect()) == [("one", "running")]
    # The loser's failure is its own: it must not close the winner's run.
    second.fail(night.as_run("two", status="failed"))
    assert statuses(connect()) == [("one", "running")]
    with pytest.raises(LockedError):
        connect().begin(night.as_run("three", status="running"))
    first.fail(night.as_run("one", status="failed"))
    night.give(second, "four", minute=3)


@pytest.mark.parametrize("end", ["publish", "fail", "discard"])
def test_every_end_of_a_run_gives_the_lock_back(connect, night, end):
    writer = connect()
    run = night.as_run("one")
    writer.begin(replace(run, status="running"))
    writer.load(run, night.graph)
    if end == "publish":
        writer.publish(run, night.judged_as("one"))
    else:
        getattr(writer, end)(replace(run, status="failed"))
    night.give(connect(), "two", minute=1)


def test_a_run_id_is_used_once(connect, night):
    night.give(connect(), "one")
    with pytest.raises(UsageError, match="one"):
        connect().begin(night.as_run("one", status="running"))
    # … and the refusal does not keep the lock, nor touch what is published.
    assert statuses(connect()) == [("one", "published")]
    night.give(connect(), "two", minute=1)


def test_prune_keeps_the_newest_published_and_removes_the_dead(connect, night):
    for minute, run_id in enumerate(("one", "two", "three", "four")):
        night.give(connect(), run_id, minute=minute)
    writer = connect()
    writer.begin(night.as_run("dead", minute=10, status="running"))
    writer.load(night.as_run("dead"), night.graph)
    writer.fail(night.as_run("dead", minute=10, status="failed"))
    removed = connect().prune(2)
    assert sorted(removed) == ["dead", "one", "two"]
    assert statuses(connect()) == [("three", "published"), ("four", "published")]
    assert connect().view().run.run_id == "four"
    assert prefixes(connect().view("three").rings()) == {"three"}
    with pytest.raises(StoreError):
        connect().view("one")
    assert list(connect().prune(2)) == []
    assert list(connect().prune(1)) == ["three"]


def test_prune_never_removes_a_run_that_is_under_way(connect, night):
    night.give(connect(), "one")
    writer = connect()
    run = night.as_run("two", minute=1)
    writer.begin(replace(run, status="running"))
    writer.load(run, night.graph)
    writer.prune(1)
    assert ("two", "running") in statuses(connect())
    writer.publish(run, night.judged_as("two"))
    assert prefixes(connect().view().memberships()) == {"two"}


def test_explain_knows_the_runs_accounts_only(connect, night):
    night.give(connect(), "one")
    view = connect().view()
    with pytest.raises(UsageError, match="nobody"):
        view.explain(RING[0], "nobody")
    with pytest.raises(UsageError, match="two different"):
        view.explain(RING[0], RING[0])
    assert view.explain(RING[1], RING[0]) == view.explain(RING[0], RING[1])


def test_readers_see_one_run_each_and_whole_while_others_are_published(connect, night):
    night.give(connect(), "run0")
    over = threading.Event()
    problems: list[str] = []
    reads = [0, 0]

    def read(number: int) -> None:
        engine = connect()
        while not over.is_set():
            try:
                view = engine.view()
                expected = {view.run.run_id}
                tables = (view.memberships(), view.rings(), view.changes())
                if view.run.status != "published":
                    problems.append(f"saw a run that {view.run.status}")
                problems.extend(
                    f"{expected} reads {found}" for t in tables if (found := prefixes(t)) != expected
                )
                if set(tables[0]["ring_id"].to_pylist()) != set(tables[1]["ring_id"].to_pylist()):
                    problems.append(f"{expected}: memberships and rings differ")
                reads[number] += 1
            except Exception as error:
                problems.append(repr(error))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for minute in range(1, 7):
        night.give(connect(), f"run{minute}", minute=minute)
        time.sleep(0.02)
    over.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert min(reads) > 3
