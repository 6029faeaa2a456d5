"""A first load in bulk makes the graph that an ordinary load makes, and the nights after it go on from there."""

import csv
import os
import shlex
from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pytest
from click.testing import CliRunner
from helpers.graph import forget_all, query
from helpers.server import own_home, own_options
from helpers.source import RING
from test_graph import without_one_member

from linkage.cli import main
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Neo4jEngine
from linkage.engine.neo4j.bulk import write_bulk
from linkage.errors import StoreError
from linkage.localserver import down, status, up

# Times as text: their zone is part of what is compared.
NODES = """
MATCH (n:Linkage) WHERE n.uid <> 'lock'
RETURN n.uid AS uid, labels(n) AS labels, properties(n) AS state,
       {created: toString(n.created_at), first: toString(n.first_seen), last: toString(n.last_seen)} AS times
"""
EDGES = """
MATCH (a:Linkage)-[r]->(b:Linkage)
RETURN a.uid AS a, b.uid AS b, type(r) AS type, properties(r) AS state,
       {first: toString(r.first), last: toString(r.last)} AS times
"""
TYPES = """
MATCH (n:Linkage) WHERE n.uid <> 'lock' UNWIND keys(n) AS name
RETURN DISTINCT 'n' AS of, name, valueType(n[name]) AS type
UNION
MATCH ()-[r]->() UNWIND keys(r) AS name
RETURN DISTINCT type(r) AS of, name, valueType(r[name]) AS type
"""


def dump(login):
    """All that is ours, to be compared; lists of labels and of rows in order."""
    nodes = {row["uid"]: (sorted(row["labels"]), row["state"], row["times"]) for row in query(login, NODES)}
    edges = {(row["type"], row["a"], row["b"]): (row["state"], row["times"]) for row in query(login, EDGES)}
    return nodes, edges, {(row["of"], row["name"], row["type"]) for row in query(login, TYPES)}


@pytest.fixture
def store(tmp_path, night):
    """A store whose published run is the night's."""
    night.give(EmbeddedEngine(tmp_path / "store"), "one")
    return tmp_path / "store"


@pytest.fixture
def own_server(login):
    """The session's own server, as it was before, whatever a test did to it."""
    if "LINKAGE_TEST_NEO4J_URI" in os.environ:
        pytest.fail("a bulk import stops the server: it needs the session's own")
    before = status(own_home())
    yield before
    down(own_home())
    up(replace(own_options(), bolt_port=before.bolt_port, http_port=before.http_port))


def command(*arguments: str, code: int = 0):
    done = CliRunner().invoke(main, ["neo4j", "import", "--heap", "768m", "--pagecache", "128m", *arguments])
    assert done.exit_code == code, done.output
    return done


def test_an_import_is_a_load_and_the_next_night_writes_only_what_differs(own_server, login, night, store):
    ordinary = Neo4jEngine(login, store)
    night.give(ordinary, "one")
    told = ordinary.view()
    served = {name: getattr(told, name)() for name in ("memberships", "rings", "links", "hubs", "changes")}
    pairs = [told.explain(*pair) for pair in ((RING[0], RING[1]), (RING[2], RING[7]), (RING[0], "user007"))]
    loaded = dump(login)
    ordinary.close()

    home = ("--home", str(own_home()), "--store", str(store))
    refused = command(*home, code=2)
    assert "--overwrite replaces all of it" in refused.stderr
    assert dump(login) == loaded
    forget_all(login)
    done = command(*home, "--line", own_options().line)
    assert f"in {login.uri}" in done.stdout
    assert "rows a second" in done.stdout
    assert not list((own_home() / "import").iterdir())

    nodes, edges, types = dump(login)
    assert Counter(type_ for type_, _, _ in edges) == Counter(type_ for type_, _, _ in loaded[1])
    assert {uid: labels for uid, (labels, _, _) in nodes.items()} == {
        uid: held[0] for uid, held in loaded[0].items()
    }
    assert nodes == loaded[0]
    assert edges == loaded[1]
    assert types == loaded[2]

    engine = Neo4jEngine(login, store)
    view = engine.view()
    assert {name: getattr(view, name)() for name in served} == served
    assert [view.explain(pair.account_a, pair.account_b) for pair in pairs] == pairs
    indexes = query(
        login, "SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'linkage' RETURN name, state"
    )
    assert {"linkage_uid", "linkage_ring_id"} <= {row["name"] for row in indexes}
    assert {row["state"] for row in indexes} == {"ONLINE"}

    second = night.as_run("two", minute=1)
    engine.begin(replace(second, status="running"))
    engine.load(second, night.graph)
    assert engine._writer.written == {"nodes": 0, "relationships": 0}
    engine.partition(second, night.params)
    engine.discard(second)
    third = night.as_run("three", minute=2)
    changed = replace(night, graph=replace(without_one_member(night), accounts=night.graph.accounts))
    engine.begin(replace(third, status="running"))
    engine.load(third, changed.graph)
    assert engine._writer.written["nodes"] == 0
    assert engine._writer.written["relationships"] == 0
    engine.partition(third, night.params)
    engine.publish(third, night.judged_as("three"))
    assert engine.view().links().num_rows == changed.graph.links.num_rows < night.graph.links.num_rows
    assert engine.view("one").links().equals(served["links"])
    engine.close()


def test_files_for_a_server_of_ones_own_come_with_their_command(store, tmp_path, night):
    done = command("--store", str(store), "--out", str(tmp_path / "bulk"))
    said, line = done.stdout.splitlines()
    words = shlex.split(line)
    assert words[:4] == ["neo4j-admin", "database", "import", "full"]
    assert words[-2:] == ["--", "neo4j"]
    named = [part for word in words if word.startswith(("--nodes=", "--relationships="))
             for part in word.split("=", 2)[2].split(",")]  # fmt: skip
    assert {str(path) for path in (tmp_path / "bulk").iterdir()} == set(named)
    accounts = (tmp_path / "bulk" / "node-Account.csv").read_text().splitlines()
    assert len(accounts) == night.graph.accounts.num_rows
    assert f"{night.graph.accounts.num_rows + night.graph.identifiers.num_rows + 3:,}"[:-1] in said
    # Personal identifiers leave as fingerprints.
    text = (tmp_path / "bulk" / "node-Identifier.csv").read_text()
    assert "hmac:" in text
    assert "fp_ring" not in text


def test_texts_that_files_find_hard_are_written_as_they_are(store, tmp_path):
    stored = EmbeddedEngine(store).stored()
    table = stored.graph.accounts
    hard = ['a "quoted", name', "two\nlines", "", "  spaces  ", "back\\slash", "é—漢", None]
    values = (hard * table.num_rows)[: table.num_rows]
    at = table.schema.get_field_index("status")
    accounts = table.set_column(at, "status", pa.array(values, pa.string()))
    graph = replace(stored.graph, accounts=accounts)
    write_bulk(replace(stored, graph=graph), None, tmp_path / "bulk")
    header = (tmp_path / "bulk" / "node-Account.header.csv").read_text().strip().split(",")
    with (tmp_path / "bulk" / "node-Account.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    place = header.index("status:string")
    assert [row[place] or None for row in rows] == [value or None for value in values]
    # An empty text is written with quotes, which is what tells it from null.
    lines = (tmp_path / "bulk" / "node-Account.csv").read_text()
    assert lines.count(',"",') == values.count("")


def test_a_text_that_holds_the_delimiter_of_lists_is_refused(store, tmp_path):
    stored = EmbeddedEngine(store).stored()
    table = stored.graph.accounts
    ids = [f"{account}\x1f" if account == RING[0] else account for account in table["account_id"].to_pylist()]
    accounts = table.set_column(table.schema.get_field_index("account_id"), "account_id", pa.array(ids))
    keys = stored.graph.identifiers
    named = [f"{key}\x1f" for key in keys["key"].to_pylist()]
    identifiers = keys.set_column(keys.schema.get_field_index("key"), "key", pa.array(named))
    write_bulk(replace(stored, graph=replace(stored.graph, accounts=accounts)), None, tmp_path / "accounts")
    with pytest.raises(StoreError, match=r"identifiers: a text with the character U\+001F"):
        write_bulk(
            replace(stored, graph=replace(stored.graph, identifiers=identifiers)), None, tmp_path / "keys"
        )
