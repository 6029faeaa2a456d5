"""What stands in the graph: one run to every reader, others' data untouched, and nothing personal in plain."""

import json
import threading
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner
from helpers.graph import query
from helpers.source import RING

import linkage
from linkage.cli import main
from linkage.identifiers.labels import label_of

PROJECTED = """
CALL gds.graph.project($name, ['Account', 'Star'], {
  LINKED: {orientation: 'UNDIRECTED', properties: ['bits']},
  JOINED: {orientation: 'UNDIRECTED', properties: ['bits']}
})
YIELD nodeCount, relationshipCount RETURN nodeCount AS nodes, relationshipCount AS links
"""
EXPANDED = """
MATCH (account:Account {account_id: $account})-[link:LINKED]-(:Account)
RETURN count(link) AS links, collect(DISTINCT account.status) AS statuses
"""


def without_one_member(night):
    """The night after: one of the ring's accounts shares nothing any more, and all are suspended."""
    graph = night.graph
    gone = graph.accounts["account_id"].to_pylist().index(RING[0])
    kept = pc.and_(pc.not_equal(graph.links["a"], gone), pc.not_equal(graph.links["b"], gone))
    names = graph.links.filter(kept)["link"]
    number = {old: new for new, old in enumerate(names.to_pylist())}
    lines = graph.evidence.filter(pc.is_in(graph.evidence["link"], names))
    lines = lines.set_column(
        0, "link", pa.array([number[old] for old in lines["link"].to_pylist()], pa.int64())
    )
    links = graph.links.filter(kept).set_column(0, "link", pa.array(range(len(number)), pa.int64()))
    status = graph.accounts.schema.get_field_index("status")
    accounts = graph.accounts.set_column(status, "status", pa.array(["suspended"] * graph.accounts.num_rows))
    inner = night.graph.graph
    edges = (inner.source != gone) & (inner.target != gone)
    place = edges.cumsum() - 1
    held = edges[inner.edge]
    smaller = replace(
        inner,
        source=inner.source[edges],
        target=inner.target[edges],
        bits=inner.bits[edges],
        edge=place[inner.edge[held]],
        identifier=inner.identifier[held],
        line_bits=inner.line_bits[held],
    )
    return replace(graph, accounts=accounts, links=links, evidence=lines, graph=smaller)


def test_three_ways_of_reading_see_one_run_while_another_is_published(connect, login, night):
    """API, expansion and native projection: before, all through the writing, and after."""
    account = RING[1]
    night.give(connect(), "one")
    members = len(RING) - 1

    def seen(name: str) -> tuple[str, int, int, list[str]]:
        view = connect().view()
        projected = query(login, PROJECTED, name=name)[0]["links"] // 2
        query(login, "CALL gds.graph.drop($name) YIELD graphName RETURN graphName", name=name)
        expanded = query(login, EXPANDED, account=account)[0]
        return view.run.run_id, projected, expanded["links"], expanded["statuses"]

    before = ("one", night.graph.links.num_rows, members, ["active"])
    assert seen("seen") == before
    pinned = connect().view()
    engine = connect()
    run = night.as_run("two", minute=1)
    after_graph = without_one_member(night)
    engine.begin(replace(run, status="running"))
    assert seen("seen") == before
    engine.load(run, after_graph)
    assert engine._writer.written["nodes"] > 200
    assert seen("seen") == before
    engine.partition(run, night.params)
    assert seen("seen") == before

    found: list[tuple[int, list[str]]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            row = query(login, EXPANDED, account=account)[0]
            found.append((row["links"], row["statuses"]))
            table = pinned.links()
            assert table.num_rows == night.graph.links.num_rows

    watcher = threading.Thread(target=watch)
    watcher.start()
    engine.publish(run, night.judged_as("two"))
    over.set()
    watcher.join()
    assert found
    after = ("two", after_graph.links.num_rows, members - 1, ["suspended"])
    assert seen("seen") == after
    # The run before is still there for who asks for it, states of accounts included.
    old = connect().view("one")
    assert old.links().equals(pinned.links())
    assert old.explain(RING[0], RING[1]).linked
    assert {state["status"] for state in old._states("Account")} == {"active"}
    assert {state["status"] for state in connect().view()._states("Account")} == {"suspended"}


def test_a_use_that_is_seen_again_stays_where_it_is(connect, login, night):
    """Uses of three sorts: seen once more, no more seen, and new."""
    uses = """
    MATCH (a)-[r:USED|PAST_USED]->(b)
    RETURN type(r) AS type, a.uid + ' ' + b.uid AS ends, elementId(r) AS id, properties(r) AS held ORDER BY ends
    """
    held = night.graph.holdings.num_rows
    first = replace(night.graph, holdings=night.graph.holdings.slice(1), hours=night.graph.hours.slice(0, 0))
    holdings = night.graph.holdings
    once_more = pa.array([count + (at % 2) for at, count in enumerate(holdings["count"].to_pylist())])
    holdings = holdings.set_column(holdings.schema.get_field_index("count"), "count", once_more)
    then = replace(first, holdings=holdings.slice(0, held - 1))
    before: dict[str, dict] = {}
    for minute, (run_id, graph) in enumerate((("one", first), ("two", then))):
        engine, run = connect(), night.as_run(run_id, minute=minute)
        engine.begin(replace(run, status="running"))
        engine.load(run, graph)
        # Until it is published, a second night touches none.
        assert not before or {row["ends"]: row for row in query(login, uses)} == before
        engine.partition(run, night.params)
        engine.publish(run, night.judged_as(run_id))
        before = before or {row["ends"]: row for row in query(login, uses)}
    rows = query(login, uses)
    now = {row["ends"]: row for row in rows if row["type"] == "USED"}
    past = {row["ends"]: row["held"] for row in rows if row["type"] == "PAST_USED"}
    assert len(before) == len(now) == held - 1
    assert len(rows) == len(now) + len(past)
    (gone,), (new,) = before.keys() - now.keys(), now.keys() - before.keys()
    assert now[new]["held"]["since"] == 2
    changed = {ends for ends in before.keys() & now.keys() if now[ends]["held"]["since"] == 2}
    assert abs(len(changed) - held / 2) <= 1
    assert past.keys() == {*changed, gone}
    assert all(past[ends] == {**before[ends]["held"], "until": 2} for ends in past)
    for ends in before.keys() & now.keys():
        assert now[ends]["id"] == before[ends]["id"]
        assert now[ends]["held"]["count"] == before[ends]["held"]["count"] + (ends in changed)
        assert (now[ends]["held"] == before[ends]["held"]) == (ends not in changed)


def test_others_data_in_the_same_database_stay_as_they_are(connect, login, night):
    query(
        login,
        "CREATE (a:Account {account_id: $id, mine: 1})-[:LINKED {mine: 2}]->(b:Account {name: 'b'})"
        "-[:USED {mine: 3}]->(:Device:Identifier {key: 'k'}), (:Run {run_id: 'one'}), (:Ring {ring_id: 'x'})",
        id=RING[0],
    )
    theirs = "MATCH (n) WHERE NOT n:Linkage OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n) AS labels, properties(n) AS n,"
    theirs += " type(r) AS type, properties(r) AS r, properties(m) AS m ORDER BY labels[0], n.name, type"
    before = query(login, theirs)
    night.give(connect(), "one")
    failed = connect()
    run = night.as_run("dead", minute=1)
    failed.begin(replace(run, status="running"))
    failed.load(run, without_one_member(night))
    failed.fail(replace(run, status="failed"))
    night.give(connect(), "two", minute=2)
    connect().prune(1)
    tried = connect()
    tried.begin(night.as_run("tried", minute=3, status="running"))
    tried.load(night.as_run("tried", minute=3), night.graph)
    tried.discard(night.as_run("tried", minute=3))
    assert query(login, theirs) == before
    assert connect().view().memberships().equals(night.judged_as("two").memberships)


def test_personal_identifiers_are_stored_keyed_and_captions_masked(connect, login, night, tmp_path):
    night.give(connect(plain=False), "one")
    kinds = {row["name"]: row["personal"] for row in night.graph.kinds.to_pylist()}
    plain = [
        row["key"]
        for row in night.graph.identifiers.to_pylist()
        if kinds[row["kind"]] and not row["key"].startswith(("hmac:", "unkeyed:"))
    ]
    assert len(plain) > 5
    nodes = query(login, "MATCH (n) RETURN properties(n) AS held")
    links = query(login, "MATCH ()-[r]->() RETURN properties(r) AS held")
    text = json.dumps([*nodes, *links], default=str)
    assert "hmac:" in text
    # Keys stand in JSON inside of JSON too.
    assert not [key for key in plain if f'"{key}"' in text or f'"{key}\\' in text or f":{key}" in text]
    rings = connect().view().explanations().to_pylist()
    named = {
        (line["kind"], line["key"])
        for ring in rings
        for one in json.loads(ring["defence"])["bridges"]
        for line in one["lines"]
    }
    stored = {(row["held"].get("kind"), row["held"].get("key")) for row in nodes}
    assert stored >= named != set()
    assert (tmp_path / "store" / "neo4j.key").stat().st_mode & 0o777 == 0o600
    # The same key the next night: nothing is new.
    second = connect(plain=False)
    run = night.as_run("two", minute=1)
    second.begin(replace(run, status="running"))
    second.load(run, night.graph)
    assert second._writer.written == {"nodes": 0, "relationships": 0}
    second.fail(replace(run, status="failed"))
    assert connect().view().explain(*RING[:2]).linked


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("card", "PaymentMethod"), ("ip", "IpAddress"), ("device", "Device"), ("template", "PromptTemplate"),
        ("vat_number", "VatNumber"), ("ring", "KindRing"), ("3ds", "Kind3ds"), ("—", "Other"),
    ],
)  # fmt: skip
def test_each_kind_has_a_label_of_its_own(kind, label):
    assert label_of(kind) == label


def test_the_command_line_works_on_a_server(login, neo4j_server, night, tmp_path, monkeypatch):
    environment = {
        **neo4j_server.environment,
        "LINKAGE_NEO4J_URI": login.uri,
        "LINKAGE_STORE": str(tmp_path / "s"),
    }

    def call(*arguments: str) -> str:
        done = CliRunner().invoke(main, list(arguments), env=environment)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert f"published in {login.uri}" in call(
        "nightly", "--source", str(night.source), "--as-of", "2026-03-01"
    )
    assert "published" in call("runs", "list")
    for table in ("memberships", "rings", "links", "hubs", "changes"):
        call("export", table, "--out", str(tmp_path / f"{table}.csv"))
    assert (tmp_path / "memberships.csv").read_text().count("\n") == len(RING) + 1
    assert "LINKED" in call("explain", RING[0], RING[1])
    assert not (tmp_path / "s" / "current").exists()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    opened = linkage.open(login.uri)
    assert sorted(opened.memberships()["account_id"]) == sorted(RING)
    call("runs", "prune", "--keep", "1")
