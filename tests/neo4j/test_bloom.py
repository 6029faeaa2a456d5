"""Every phrase and action of the perspective on the real server: planned without a note, and returning what it says."""

import re
from dataclasses import replace

import neo4j
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from helpers.graph import forget_all, query
from helpers.source import RING
from test_statements import KNOWN, operators

from linkage.bloom import with_links
from linkage.bloom.perspective import perspective
from linkage.bloom.phrases import ACTIONS, PHRASES
from linkage.engine.base import Judged
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.settings import BloomSettings, Settings
from linkage.statements import folder

LEFT, RIGHT = "ring_left", "ring_right"
HALF = len(RING) // 2
TYPES = {
    "String": "string",
    "Long": "bigint",
    "Double": "number",
    "Boolean": "boolean",
    "DateTime": "DateTime",
}
STATEMENTS = {f"bloom/{one.name}": one.cypher for one in PHRASES}
STATEMENTS |= {f"bloom/action_{one.name}": one.cypher for one in ACTIONS}


def put(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(name).type))


def halves(judged: Judged, changes: list[tuple[str, str, int]]) -> Judged:
    """The planted ring as two, with these changes: so there are links that lead from one ring to another."""
    members = judged.memberships.filter(pc.is_in(judged.memberships["account_id"], pa.array(RING)))
    left = [account in RING[:HALF] for account in members["account_id"].to_pylist()]
    members = put(members, "ring_id", [LEFT if own else RIGHT for own in left])
    row = pa.concat_tables([judged.rings.slice(0, 1)] * 2)
    row = put(put(row, "ring_id", [LEFT, RIGHT]), "score", [0.9, 0.4])
    detail = put(pa.concat_tables([judged.details.slice(0, 1)] * 2), "ring_id", [LEFT, RIGHT])
    told = [
        {"ring_id": ring, "event": event, "run_id": "x", "previous_ids": "[]", "accounts_added": added,
         "accounts_removed": 0}
        for ring, event, added in changes
    ]  # fmt: skip
    made = Judged(members, row, pa.Table.from_pylist(told, schema=judged.changes.schema), detail)
    return with_links(made, BloomSettings(url="https://graph.example.org/bloom/"))


@pytest.fixture(scope="module")
def login(neo4j_server, night, tmp_path_factory):
    """Two published nights: the left ring is found in the first, the right one in the second, when the left one grew.

    One address of the ring is a hub.
    """
    found = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(found)
    engine = Neo4jEngine(found, tmp_path_factory.mktemp("bloom"), plain=True)
    table = night.graph.identifiers
    hub = next(at for at, row in enumerate(table.to_pylist()) if row["key"] == "93.184.216.7")
    links = [at != hub for at in range(table.num_rows)]
    graph = replace(night.graph, identifiers=put(table, "links", links))
    nights = {"one": [(LEFT, "born", HALF)], "two": [(LEFT, "grew", 3), (RIGHT, "born", HALF)]}
    for minute, (run_id, changes) in enumerate(nights.items()):
        run = night.as_run(run_id, minute=minute)
        engine.begin(replace(run, status="running"))
        engine.load(run, graph)
        engine.publish(run, halves(night.judged, changes))
    engine.close()
    # Types and properties that these nights do not have would be noted.
    for type_ in ("JOINED", "RESTS_ON", "PAST_CHANGED"):
        query(
            found,
            f"MATCH (n:Ledger {{uid: 'lock'}}) SET n:Star CREATE (n)-[r:{type_}]->(n) SET r = $known",
            known={**KNOWN, "event": ""},
        )
    query(found, "CALL db.prepareForReplanning()")
    yield found
    forget_all(found)


def run(login: Login, name: str, **params):
    return query(login, STATEMENTS[f"bloom/{name}"], **params)


def accounts(rows, *columns: str) -> set[str]:
    return {row[column]["account_id"] for row in rows for column in columns if row[column] is not None}


def element(login: Login, label: str, key: str, value: str) -> str:
    return query(login, f"MATCH (n:{label} {{{key}: $value}}) RETURN elementId(n) AS id", value=value)[0][
        "id"
    ]


def rings_of(rows) -> list[str]:
    return list(dict.fromkeys(row["ring"]["ring_id"] for row in rows))


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_the_server_plans_each_by_an_index_and_without_a_note(login, name):
    text = STATEMENTS[name]
    assert ";" not in re.sub(r"//[^\n]*", "", text)
    params = {
        param: [] if param in ("nodes", "relationships") else "x" for param in re.findall(r"\$(\w+)", text)
    }
    with (
        neo4j.GraphDatabase.driver(login.uri, auth=(login.user, login.password)) as driver,
        driver.session() as session,
    ):
        summary = session.run("EXPLAIN " + text, params).consume()  # type: ignore[arg-type]
    assert summary.query_type == "r"
    assert not [note.status_description for note in summary.gql_status_objects if note.is_notification]
    found = operators(summary.plan)
    assert not any("AllNodesScan" in one for one in found), found
    # Few rings are new or grown, and all of them are asked for.
    if name not in ("bloom/newest_rings", "bloom/grown_rings"):
        assert not any("Scan" in one for one in found), found


def test_a_ring_by_its_id_is_its_accounts_and_the_links_among_them(login):
    rows = run(login, "ring", ring_id=LEFT)
    assert rings_of(rows) == [LEFT]
    assert accounts(rows, "account") == accounts(rows, "account", "other") == set(RING[:HALF])
    assert len([row for row in rows if row["link"] is not None]) == HALF * (HALF - 1) // 2
    assert rows[0]["ring"]["bloom_link"].endswith(f"search=Ring%20{LEFT}&run=true")
    assert run(login, "ring", ring_id="ring_none") == []


def test_the_ring_of_an_account(login):
    rows = run(login, "account_ring", account_id=RING[-1])
    assert rings_of(rows) == [RIGHT]
    assert {row["given"]["account_id"] for row in rows} == {RING[-1]}
    assert accounts(rows, "account", "other") == set(RING[HALF:])
    (alone,) = run(login, "account_ring", account_id="user007")
    assert alone["given"]["account_id"] == "user007"
    assert alone["ring"] is None


def test_what_links_two_accounts_is_what_both_used_but_hubs_and_the_chain_between_them(login):
    rows = run(login, "between", account_a=RING[0], account_b=RING[2])
    keys = {row["identifier"]["key"] for row in rows}
    assert {"fp_ring", "93.184.217.7"} <= keys
    assert "93.184.216.7" not in keys
    used = query(
        login,
        "MATCH (:Account {account_id: $a})-[:USED]->(i {hub: false})<-[:USED]-(:Account {account_id: $b})"
        " RETURN collect(i.key) AS keys", a=RING[0], b=RING[2],
    )[0]["keys"]  # fmt: skip
    assert keys == set(used)
    assert {len(row["chain"]) for row in rows} == {1}
    (nothing,) = run(login, "between", account_a=RING[0], account_b="user007")
    assert nothing["identifier"] is None
    assert nothing["chain"] is None
    assert run(login, "between", account_a=RING[0], account_b=RING[0]) == []


def test_newest_rings_are_those_of_the_last_run_first(login):
    assert rings_of(run(login, "newest_rings")) == [RIGHT, LEFT]


def test_rings_that_grew_are_shown_with_the_run_and_the_numbers(login):
    (row,) = run(login, "grown_rings")
    assert row["ring"]["ring_id"] == LEFT
    assert row["run"]["run_id"] == "two"
    assert row["change"]["accounts_added"] == 3


def test_rings_on_an_identifier_the_worst_first(login):
    rows = run(login, "identifier_rings", key="fp_ring")
    assert rings_of(rows) == [LEFT, RIGHT]
    assert accounts(rows, "account") == set(RING)
    assert run(login, "identifier_rings", key="fp_none") == []


def test_evidence_of_a_ring_and_of_accounts_is_what_they_share_and_no_hub(login):
    rows = run(login, "action_evidence", nodes=[element(login, "Ring", "ring_id", LEFT)])
    assert accounts(rows, "account") == set(RING[:HALF])
    users: dict[str, set[str]] = {}
    for row in rows:
        users.setdefault(row["identifier"]["key"], set()).add(row["account"]["account_id"])
    assert users["fp_ring"] == set(RING[:HALF])
    assert "93.184.216.7" not in users
    assert min(map(len, users.values())) >= 2
    two = [element(login, "Account", "account_id", account) for account in (RING[0], "user007")]
    assert run(login, "action_evidence", nodes=two) == []
    alone = run(login, "action_evidence", nodes=two[:1])
    assert "fp_ring" in {row["identifier"]["key"] for row in alone}


def test_evidence_of_a_link_is_its_lines(login):
    link = query(
        login,
        "MATCH (:Account {account_id: $a})-[l:LINKED]->(:Account {account_id: $b})"
        " RETURN elementId(l) AS id, l.identifiers AS uids", a=RING[0], b=RING[1],
    )[0]  # fmt: skip
    rows = run(login, "action_link_evidence", relationships=[link["id"]])
    assert {row["identifier"]["uid"] for row in rows} == set(link["uids"])
    assert all(row["first"] is not None and row["second"] is not None for row in rows)


def test_bridges_lead_from_the_selected_ring_into_another(login):
    for chosen in (
        element(login, "Ring", "ring_id", LEFT),
        element(login, "Account", "account_id", RING[0]),
    ):
        paths = [row["bridge"] for row in run(login, "action_bridges", nodes=[chosen])]
        assert {(path.start_node["ring_id"], path.end_node["ring_id"]) for path in paths} == {(LEFT, RIGHT)}
        linked = [path for path in paths if len(path) == 3]
        assert len(linked) == HALF * HALF
        shared = {path.nodes[2]["key"] for path in paths if len(path) == 4}
        assert "fp_ring" in shared
        assert "93.184.216.7" not in shared


def test_rings_of_accounts_and_of_identifiers(login):
    card = element(login, "Identifier", "key", "fp_ring")
    paths = [row["path"] for row in run(login, "action_rings", nodes=[card])]
    assert {path.end_node["ring_id"] for path in paths} == {LEFT, RIGHT}
    one = [
        row["path"]
        for row in run(login, "action_rings", nodes=[element(login, "Account", "account_id", RING[0])])
    ]
    assert [path.end_node["ring_id"] for path in one] == [LEFT]


def test_the_perspective_names_properties_and_paths_as_they_are_in_the_graph(login):
    made = perspective(Settings())
    listed = {
        (category["name"], item["name"]): item["dataType"]
        for category in made["categories"]
        for item in category["properties"]
    }
    rows = query(login, "CALL db.schema.nodeTypeProperties() YIELD nodeLabels, propertyName, propertyTypes"
                        " WHERE propertyName IS NOT NULL RETURN *")  # fmt: skip
    there = {
        (label, row["propertyName"]): row["propertyTypes"][0]
        for row in rows
        if "Past" not in row["nodeLabels"] and not {"Ledger", "Star"} <= set(row["nodeLabels"])
        for label in row["nodeLabels"]
    }
    for (label, name), type_ in listed.items():
        if (found := there.get((label, name))) is not None:
            assert type_ == ("array" if found.endswith("Array") else TYPES[found]), (label, name)
    # Whatever an account, an identifier or the run has is listed: shown, or excluded on purpose.
    for label in ("Account", "Identifier", "PaymentMethod", "IpAddress", "Run"):
        assert {name for at, name in there if at == label} <= {name for at, name in listed if at == label}
    segments = {
        (part["source"], part["relationshipType"], part["target"])
        for part in made["metadata"]["pathSegments"]
    }
    drawn = query(
        login,
        "MATCH (a)-[r:USED|LINKED|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->(b)"
        " WHERE NOT a:Star AND NOT b:Star"
        " RETURN DISTINCT labels(a) AS a, type(r) AS type, labels(b) AS b",
    )
    for row in drawn:
        assert any((a, row["type"], b) in segments for a in row["a"] for b in row["b"]), row


def test_the_statements_for_neo4j_browser_in_the_document_run(login):
    document = (folder().parent / "docs" / "bloom.md").read_text()
    blocks = re.findall(r"```cypher\n(.*?)```", document, re.DOTALL)
    worst, shared, changes = (query(login, block, ring_id=LEFT) for block in blocks)
    assert [row["ring.ring_id"] for row in worst] == [LEFT]
    assert shared[0]["members"] == HALF
    assert {row["change.event"] for row in changes} == {"grew", "born"}
    for phrase in PHRASES:
        typed = re.sub(r"[$]\w+", "…", phrase.text).replace("Ring …", "Ring ring_…")
        assert f"`{typed}`" in document
    assert all(f"*{action.text}*" in document for action in ACTIONS)
