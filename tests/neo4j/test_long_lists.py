"""A page of a long list is read by an index: what a page reads does not grow with the list."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import neo4j
import numpy as np
import pyarrow as pa
import pytest
from bench.served_store import PARAMETERS, store_graph, store_judged

from linkage.engine.neo4j import Login
from linkage.engine.neo4j.statements import statement
from linkage.engine.readable import AccountFilter, PageRequest
from linkage.model import RunRecord

LARGE, SMALL_RINGS = 2_000, 20
RING = "ring_00000"
LIMIT = 100


def nightly(engine, run_id: str, minute: int, judged) -> None:
    """One run over accounts of which many are of one day, and every eleventh has no date."""
    at = datetime(2026, 11, 1, 0, minute, tzinfo=UTC)
    run = RunRecord(run_id, "published", at, at, at, parameters=PARAMETERS)
    graph = store_graph(LARGE + SMALL_RINGS * 10 + 50, LARGE, SMALL_RINGS)
    accounts = graph.accounts
    created = accounts["created_at"].cast(pa.timestamp("s")).to_numpy().astype("datetime64[D]")
    created = created.astype("datetime64[us]") + (np.arange(len(created)) % 3).astype("timedelta64[us]")
    place = accounts.schema.get_field_index("created_at")
    undated = np.arange(len(created)) % 11 == 0
    accounts = accounts.set_column(place, "created_at", pa.array(created, mask=undated))
    engine.begin(replace(run, status="running", finished_at=None))
    engine.load(run, replace(graph, accounts=accounts))
    engine.publish(run, judged)


@pytest.fixture(scope="module")
def readers(neo4j_server, tmp_path_factory):
    """Readers of two runs; every membership of the large ring changed from one to the other."""
    from helpers.backend import Backend
    from helpers.graph import forget_all

    forget_all(Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password))
    backend = Backend(tmp_path_factory.mktemp("long") / "store", neo4j_server)
    judged = store_judged(LARGE, SMALL_RINGS)
    nightly(backend.engine(), "before", 0, judged)
    members = judged.memberships
    place = members.schema.get_field_index("role")
    roles = ["victim" if at % 2 else "member" for at in range(members.num_rows)]
    later = replace(judged, memberships=members.set_column(place, "role", pa.array(roles)))
    nightly(backend.engine(), "after", 1, later)
    engine = backend.engine()
    yield {name: engine.reader(name) for name in ("before", "after")}
    backend.close()


ORDERS = [("id", False), ("created_at", False), ("created_at", True), ("ring_score", True)]


def pages(reader, order: str, descending: bool, size: int = 400):
    """All pages of the large ring."""
    after, rows = None, []
    while True:
        asked = PageRequest(size, order, descending, after)
        page = reader.members([RING], AccountFilter(), asked)[RING]
        rows += zip(page.places, page.rows, strict=True)
        if not page.more:
            return rows
        after = page.places[-1]


@pytest.mark.parametrize(("order", "descending"), ORDERS)
@pytest.mark.parametrize("run", ["before", "after"])
def test_pages_by_the_index_are_those_of_a_walk_through_all(readers, run, order, descending):
    reader = readers[run]
    found = pages(reader, order, descending)
    # A filter that lets all pass goes by the other statement.
    walked = reader.members([RING], AccountFilter(in_ring=True), PageRequest(LARGE + 1, order, descending))[
        RING
    ]
    assert len(found) == LARGE
    assert found == list(zip(walked.places, walked.rows, strict=True))
    assert {row.role for _, row in found} == ({"member"} if run == "before" else {"member", "victim"})


def kind_of(step) -> str:
    return str(step["operatorType"])


def operators(plan):
    return [plan, *(one for child in plan.get("children", ()) for one in operators(child))]


@pytest.mark.parametrize("name", ["members_by_id", "members_oldest", "members_newest"])
@pytest.mark.parametrize("far", [False, True], ids=["first page", "a later page"])
def test_a_page_of_members_reads_as_many_rows_as_it_has(neo4j_server, readers, name, far):
    sort = "id" if name == "members_by_id" else "created_at"
    descending = name == "members_newest"
    after = (-math.inf, "")
    if far:
        after = (
            readers["after"]
            .members([RING], AccountFilter(), PageRequest(LARGE // 2, sort, descending))[RING]
            .places[-1]
        )
    params = {
        "parents": [RING], "at": readers["after"]._pin.number, "limit": LIMIT + 1, "sort": sort,
        "sign": -1.0 if descending else 1.0, "last": math.inf, "after_place": after[0], "after_tie": after[1],
    }  # fmt: skip
    login = (neo4j_server.user, neo4j_server.password)
    with (
        neo4j.GraphDatabase.driver(neo4j_server.uri, auth=login, notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        result = session.run("PROFILE " + statement(f"reader/{name}"), params)  # type: ignore[arg-type]
        assert len(list(result)) == LIMIT + 1
        steps = operators(result.consume().profile)
    # Those with a date and those without are two parts, and the accounts of one moment are put in order together.
    relationships = [step for step in steps if "DirectedRelationship" in kind_of(step)]
    read = [step["rows"] for step in relationships]
    assert all("IndexSeek" in one for one in map(kind_of, relationships)), [
        (kind_of(step), step["rows"]) for step in relationships
    ]
    assert sum(read) <= 4 * LIMIT
    assert sum(step["dbHits"] for step in steps) < 40 * LIMIT
