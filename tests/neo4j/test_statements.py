"""Every text of Cypher: used, with the parameters that its caller gives, and planned by the server without a note."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import neo4j
import pytest
from helpers.graph import forget_all, query

import linkage
from linkage.engine import rows
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.engine.neo4j.statements import folder, statement
from linkage.engine.readable import AccountFilter, IdentifierFilter, RingFilter

NAMES = sorted(str(path.relative_to(folder()).with_suffix("")) for path in folder().rglob("*.cypher"))
ENGINE = [name for name in NAMES if "/" not in name or name.startswith("reader/")]
"""Those of the engine and of its reader; others (of Bloom, say) are in folders and have tests of their own."""

# Each shows that every one of ours is read by design; all others must go by an index or by a type.
SCANS = {
    "wipe_nodes", "prune_nodes", "drop_next_nodes", "read_stamps", "read_states", "read_runs",
    "read_hubs", "wipe_relationships",
}  # fmt: skip
_ON_SCHEMA = re.compile("CREATE (CONSTRAINT|INDEX)")
_SAMPLE = {
    "rows": [], "stamps": [], "uids": [], "retired": [], "source": [], "target": [], "bits": [], "totals": {},
    "label": "Account", "type": "LINKED", "name": "linkage-none", "prefix": "linkage-", "publishing": False,
    "ids": [], "names": [], "pairs": [["a", "b"]], "parents": [], "frontier": [], "stars": [["a"]], "kinds": [],
    "families": [], "events": [], "statuses": [], "plans": [], "countries": [], "verdicts": [], "between": "|",
    "after_tie": "a", "text": "a", "sort": "id", "kind": "card", "country": "US", "story": "", "ring": "a",
    "hub": True, "flagged": True, "in_ring": True,
    "created_after": datetime(2026, 1, 1, tzinfo=UTC), "created_before": datetime(2026, 1, 1, tzinfo=UTC),
    "seen_after": datetime(2026, 1, 1, tzinfo=UTC), "seen_before": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip


KNOWN = dict.fromkeys((
    "since", "until", "stamp", "labels", "links", "kind", "key", "accounts", "reason", "bits",
    "identifiers", "line_bits", "firsts", "lasts", "counts", "role", "flagged", "first", "last", "count",
    "hours", "uid", "size_a", "size_b", "campaign_id", "ring_share", "campaign_share", "texts", "sightings",
    "ring_id", "account_id", "created", "undated",
), 1)  # fmt: skip


def params_of(name: str) -> set[str]:
    text = re.sub(r"//[^\n]*", "", statement(name))
    return set(re.findall(r"\$(\w+)", text))


def sources() -> str:
    engine = Path(linkage.__file__).parent / "engine"
    files = [*(engine / "neo4j").glob("*.py"), engine / "record_reader.py"]
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize("name", ENGINE)
def test_each_statement_is_used_and_is_one_statement(name):
    assert re.search(rf'"{name}"', sources()), f"nobody uses cypher/{name}.cypher"
    assert ";" not in re.sub(r"//[^\n]*", "", statement(name))


def test_no_statement_is_written_elsewhere():
    assert not re.search(r'"[^"\n]*\b(MATCH|MERGE|UNWIND) [^"\n]*"', sources())


@pytest.fixture(scope="module")
def planner(neo4j_server, night, tmp_path_factory):
    """A session on a database with two nights: a planner that sees three nodes scans them."""
    login = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(login)
    engine = Neo4jEngine(login, tmp_path_factory.mktemp("planner"))
    for minute, run_id in enumerate(("one", "two")):
        night.give(engine, run_id, minute=minute)
    # Types and properties that do not exist yet would be noted.
    for type_ in (
        "USED",
        "LINKED",
        "JOINED",
        "RESTS_ON",
        "MEMBER_OF",
        "SHARES",
        "PART_OF",
        "TAKES_PART_IN",
        "CHANGED",
        "STATE",
    ):
        for prefix in ("", "NEXT_", "PAST_"):
            made = f"MATCH (n:Ledger {{uid: 'lock'}}) CREATE (n)-[r:{prefix}{type_}]->(n) SET r = $known"
            query(login, made, known=KNOWN)
    query(login, "MATCH (n:Ledger {uid: 'lock'}) SET n:Next:Past:Star, n.publishing = false")
    query(login, "CALL db.prepareForReplanning()")
    with (
        neo4j.GraphDatabase.driver(login.uri, auth=(login.user, login.password)) as driver,
        driver.session() as session,
    ):
        yield session
    engine.close()
    forget_all(login)


def plan_of(session: neo4j.Session, name: str):
    params = {param: _SAMPLE.get(param, 1) for param in params_of(name)}
    return session.run("EXPLAIN " + statement(name), params).consume()  # type: ignore[arg-type]


def operators(plan) -> list[str]:
    return [plan["operatorType"], *(one for child in plan.get("children", ()) for one in operators(child))]


def products(plan):
    """Cartesian products of a plan."""
    found = [plan] if "CartesianProduct" in plan["operatorType"] else []
    return [*found, *(one for child in plan.get("children", ()) for one in products(child))]


def one_row(plan) -> bool:
    """One row times one row is no product to fear."""
    return "UniqueIndexSeek" in plan["operatorType"]


@pytest.mark.parametrize("name", [name for name in ENGINE if not _ON_SCHEMA.search(statement(name))])
def test_the_server_plans_each_without_a_note(planner, name):
    summary = plan_of(planner, name)
    noted = [note for note in summary.gql_status_objects if note.is_notification]
    assert not noted, [note.status_description for note in noted]
    found = operators(summary.plan)
    assert all(one_row(child) for product in products(summary.plan) for child in product["children"]), found
    assert not any("AllNodesScan" in one for one in found), found
    if name not in SCANS:
        assert not any("NodeByLabelScan" in one for one in found), found


def test_each_caller_gives_the_parameters_that_the_statement_names():
    text = sources() + Path(rows.__file__).read_text()
    filters = {part.name for kind in (AccountFilter, RingFilter, IdentifierFilter) for part in fields(kind)}
    for name in ENGINE:
        wanted = params_of(name) - {"rows"} - (filters if name.startswith("reader/") else set())
        for param in wanted:
            assert re.search(rf'\b{param}=|"{param}"', text), f"${param} of cypher/{name}.cypher"
