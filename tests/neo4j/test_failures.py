"""What goes wrong with a server, on a real one: one clear line, and what was published stays served."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from helpers.graph import forget_all, query

from linkage.cli import main
from linkage.engine.neo4j import Login, Neo4jEngine, server
from linkage.engine.neo4j import communities as gds
from linkage.errors import ServerError, StoreError
from linkage.localserver import Server, ServerOptions, down, up

# The last two tests share a home, one after the other.
pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for a server that a test may kill or start with other settings."""
    home = tmp_path_factory.mktemp("own")
    yield home
    down(home)


def start(home: Path, *settings: str) -> tuple[Server, Login]:
    options = ServerOptions(home, bolt_port=0, http_port=0, heap="512m", pagecache="64m", settings=settings)
    running, _ = up(options)
    return running, Login(running.uri, "neo4j", running.password_file.read_text().strip())


def served(engine: Neo4jEngine, night, run_id: str) -> None:
    view = engine.view()
    assert view.run.run_id == run_id
    assert view.memberships().equals(night.judged_as(run_id).memberships)


def test_a_server_that_is_down_is_exit_code_69_and_one_line(neo4j_server, night, tmp_path):
    environment = {**neo4j_server.environment, "LINKAGE_STORE": str(tmp_path / "store")}
    began = time.monotonic()
    for command in (
        ["nightly", "--source", str(night.source), "--neo4j", "bolt://127.0.0.1:1"],
        ["runs", "list", "--neo4j", "bolt://127.0.0.1:1"],
        ["explain", "a", "b", "--neo4j", "bolt://127.0.0.1:1"],
    ):
        told = CliRunner().invoke(main, command, env=environment)
        assert told.exit_code == 69, told.output
        assert told.stderr.count("\n") == 1
        assert "cannot be reached" in told.stderr
    assert time.monotonic() - began < 30


def test_a_wrong_password_is_exit_code_69_and_is_not_repeated(neo4j_server, tmp_path):
    environment = {"LINKAGE_NEO4J_USER": "neo4j", "LINKAGE_NEO4J_PASSWORD": "not the password"}
    told = CliRunner().invoke(main, ["runs", "list", "--neo4j", neo4j_server.uri], env=environment)
    assert told.exit_code == 69
    assert "refuses the user 'neo4j'" in told.stderr
    assert "LINKAGE_NEO4J_PASSWORD" in told.stderr
    assert "not the password" not in told.output


@pytest.mark.parametrize("uri", ["nowhere", "ftp://127.0.0.1", "bolt://"])
def test_an_address_that_is_none_is_a_usage_error(uri):
    told = CliRunner().invoke(main, ["runs", "list", "--neo4j", uri])
    assert told.exit_code in (2, 69)
    assert told.stderr.count("\n") == 1


def test_a_graph_data_science_that_is_too_old_is_named(connect, night, monkeypatch):
    monkeypatch.setattr(server, "LEAST_GDS", (99, 1))
    with pytest.raises(ServerError, match=r"Graph Data Science \d+\.\d+.*99\.1 or later") as caught:
        connect().begin(night.as_run("one", status="running"))
    assert caught.value.exit_code == 69


def test_left_over_projections_are_dropped(connect, login, night):
    query(
        login,
        "UNWIND [1, 2] AS n WITH gds.graph.project($name, n, n + 1) AS g RETURN g.nodeCount AS nodes",
        name=gds.PREFIX + "project_links",
    )
    query(
        login,
        "UNWIND [1, 2] AS n WITH gds.graph.project('others', n, n + 1) AS g RETURN g.nodeCount AS nodes",
    )
    night.give(connect(), "one")
    left = query(login, "CALL gds.graph.list() YIELD graphName RETURN graphName AS name")
    query(login, "CALL gds.graph.drop('others') YIELD graphName RETURN graphName")
    assert left == [{"name": "others"}]


def test_a_graph_that_does_not_fit_is_refused_before_it_is_projected(connect, night):
    engine = connect()
    with pytest.raises(ServerError, match=r"needs [\d,]+ MiB of the server's heap.*heap\.max_size") as caught:
        engine._communities.estimate(2_000_000_000, 20_000_000_000)
    assert caught.value.exit_code == 69


def test_a_transaction_over_the_memory_limit_leaves_what_was_published(connect, login, night, monkeypatch):
    night.give(connect(), "one")
    engine = connect()
    run = night.as_run("two", minute=1)
    engine.begin(replace(run, status="running"))
    engine.load(run, night.graph)
    engine.partition(run, night.params)
    # As a night would be that changes millions: the same transaction holds far more than it may.
    rows = [
        {"uid": f"x:{n}", "state": {"text": "x" * 2000}, "stamp": n, "labels": ["X"]} for n in range(60_000)
    ]
    monkeypatch.setattr(
        engine._writer, "publish", lambda step: step("load_states", {"rows": rows, "since": 2})
    )
    with pytest.raises(
        StoreError, match=r"too little memory for one transaction.*db\.memory\.transaction\.max"
    ):
        engine.publish(run, night.judged_as("two"))
    engine.fail(replace(run, status="failed"))
    served(connect(), night, "one")
    assert query(login, "MATCH (n:Next) RETURN count(n) AS count") == [{"count": 0}]
    night.give(connect(), "three", minute=2)
    served(connect(), night, "three")


def test_a_statement_over_the_memory_limit_is_told_wherever_it_runs(connect):
    engine = connect()
    row = {"state": {"text": "x" * 2000}, "labels": ["X"], "stamp": 1}
    heavy = {"rows": [{**row, "uid": f"x:{number}"} for number in range(60_000)], "since": 1}
    for run in (engine._server.run, engine._server.write):
        with pytest.raises(StoreError, match=r"too little memory .*db\.memory\.transaction\.max") as caught:
            run("load_states", **heavy)
        assert caught.value.exit_code == 73
        assert "\n" not in str(caught.value)


def test_a_transaction_that_the_server_ends_is_no_other_run(connect):
    one = connect()._server
    with (
        pytest.raises(ServerError, match=r"ended a transaction.*db\.transaction\.timeout") as caught,
        one.translated(),
        one.session() as session,
        session.begin_transaction(timeout=0.2) as transaction,
    ):
        transaction.run("UNWIND range(1, 2000000000) AS n WITH n WHERE n < 0 RETURN count(n)").consume()
    assert caught.value.exit_code == 69


def test_a_server_that_is_killed_in_the_middle_of_a_load_takes_the_run_again(
    own_home, night, tmp_path, monkeypatch
):
    monkeypatch.setattr(server, "RETRY_SECONDS", 2.0)
    running, login = start(own_home)
    forget_all(login)
    engine = Neo4jEngine(login, tmp_path / "store", plain=True)
    night.give(engine, "one")
    run = night.as_run("two", minute=1)
    engine.begin(replace(run, status="running"))
    # A few rows a transaction, so that the end comes between two of them.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("linkage.engine.neo4j.writer.BATCH", 5)
        killer = threading.Timer(0.15, kill, [running.pid])
        graph = night.graph
        changed = replace(graph, holdings=_later(graph.holdings), evidence=_later(graph.evidence))
        killer.start()
        with pytest.raises((ServerError, StoreError)):
            engine.load(run, changed)
            engine.load(run, changed)
            engine.partition(run, night.params)
        killer.join()
    with pytest.raises(ServerError):
        engine.fail(replace(run, status="failed"))
    engine.close()

    running, login = start(own_home)
    again = Neo4jEngine(login, tmp_path / "store", plain=True)
    served(again, night, "one")
    night.give(again, "two", minute=1)
    served(again, night, "two")
    assert again.view("one").links().equals(again.view("two").links())
    assert query(login, "MATCH ()-[r]->() WHERE type(r) STARTS WITH 'NEXT_' RETURN count(r) AS n") == [
        {"n": 0}
    ]
    again.close()
    assert down(own_home)


def _later(holdings):
    count = holdings.schema.get_field_index("count")
    import pyarrow.compute as pc

    return holdings.set_column(count, "count", pc.add(holdings["count"], 1))


def kill(pid: int) -> None:
    """The server itself, and not only its launcher."""
    for child in psutil.Process(pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)


def test_a_missing_plugin_and_a_read_only_database_are_named(own_home, night, tmp_path):
    if not (own_home / "plugins").exists():
        # Without the test above, its home has no published run yet.
        _, login = start(own_home)
        engine = Neo4jEngine(login, tmp_path / "store", plain=True)
        night.give(engine, "two")
        engine.close()
    down(own_home)
    (own_home / "plugins").rename(own_home / "elsewhere")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("linkage.localserver.process.build", lambda *_: (own_home / "plugins").mkdir())
        _, login = start(own_home, "server.databases.default_to_read_only=true")
    engine = Neo4jEngine(login, tmp_path / "store", plain=True)
    with pytest.raises(
        ServerError, match=r"lacks the plugin Graph Data Science.*graph-data-science"
    ) as caught:
        engine.begin(night.as_run("three", minute=3, status="running"))
    assert caught.value.exit_code == 69
    with pytest.raises(StoreError, match="read-only") as refused:
        engine.prune(1)
    assert refused.value.exit_code == 73
    served(engine, night, "two")
    engine.close()
