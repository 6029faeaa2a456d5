"""A night into the real server, served from there: clients get what the embedded engine gives them."""

import json
import re
import socket

import pytest
from helpers.graph import forget_all
from helpers.night import options
from helpers.serving import EXAMPLES, Server, linkage
from helpers.source import AS_OF, write_source

from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login
from linkage.nightly import run_nightly
from linkage.progress import Silent

QUERIES = [
    *EXAMPLES,
    ("{ rings { nodes { ringId metrics { name value text } reasons { feature bits says } } } }", {}),
    ("{ identifiers(first: 100, orderBy: DEGREE) { totalCount nodes { kind key caption accounts degree } } }", {}),
    ('{ lookup(values: ["fp_ring", "93.184.216.7", "ring3"]) { value matches { account { accountId } } } }', {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def served(neo4j_server, tmp_path_factory):
    """The same source in both engines, by the command line in the server, each served to clients with a token."""
    folder = tmp_path_factory.mktemp("served")
    login = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(login)
    source = write_source(folder / "source")
    environment = neo4j_server.environment
    servers = {}
    run_nightly(EmbeddedEngine(folder / "embedded"), options(source, "one"), Silent())
    night = linkage(
        "nightly", "--source", str(source), "--store", str(folder / "neo4j"), "--neo4j", neo4j_server.uri,
        "--run-id", "one", "--as-of", AS_OF, **environment,
    )  # fmt: skip
    assert night.returncode == 0, night.stderr
    for name, place in (("embedded", ()), ("neo4j", ("--neo4j", neo4j_server.uri))):
        token = linkage("keys", "create", "tests", "--role", "investigator", "--store", str(folder / name))
        servers[name] = Server(folder / name, *place, **environment), token.stdout.strip()
    yield servers
    for server, _ in servers.values():
        server.stop()
    forget_all(login)


def seen(answer: object) -> object:
    """What both engines say alike: keyed identifiers have other names in the graph, and ids are sealed by names."""
    text = json.dumps(answer, sort_keys=True)
    return untied(json.loads(re.sub(r'"(key|id|requestId|endCursor)": "[^"]*"', r'"\1": "…"', text)))


def untied(value: object) -> object:
    """Names also settle the order of identifiers that are alike in what they are sorted by; numbers stay in place."""
    if isinstance(value, dict):
        return {name: untied(item) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    items = [untied(item) for item in value]
    texts = [json.dumps(item, sort_keys=True) for item in items]
    if not any('"caption"' in text for text in texts):
        return items
    numbers = [
        {name: it for name, it in item.items() if isinstance(it, int | float)}
        for item in items
        if isinstance(item, dict)
    ]
    return {"numbers": numbers, "items": sorted(texts)}


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("query", "variables"), QUERIES, ids=[re.sub(r"\W+", " ", one[0])[:40] for one in QUERIES]
)
def test_the_same_json_as_on_the_embedded_engine(served, query, variables):
    answers = {}
    for name, (server, token) in served.items():
        status, answers[name] = server.post(token, query, variables)
        assert status == 200, answers[name]
        assert "errors" not in answers[name], answers[name]
    assert seen(answers["neo4j"]["data"]) == seen(answers["embedded"]["data"])


@pytest.mark.neo4j
def test_personal_identifiers_are_keyed_and_found_by_their_value(served):
    server, token = served["neo4j"]
    query = (
        "query($v: [String!]!) { lookup(values: $v) { value matches { identifier { kind key caption } } } }"
    )
    _, answer = server.post(token, query, {"v": ["93.184.216.7"]})
    found = [match["identifier"] for match in answer["data"]["lookup"][0]["matches"]]
    assert len(found) == 8
    assert {(one["kind"], one["caption"]) for one in found} == {("ip", "93.184.216.…")}
    assert all(re.fullmatch(r"hmac:[0-9a-f]{8}:[0-9a-f]{64}", one["key"]) for one in found)
    _, answer = server.post(token, '{ search(text: "93.184.216.7") { identifiers { kind accounts } } }')
    assert answer["data"]["search"]["identifiers"] == [{"kind": "ip", "accounts": 8}]
    # The beginning of what is keyed finds nothing.
    _, answer = server.post(token, '{ search(text: "93.184") { identifiers { kind } } }')
    assert {one["kind"] for one in answer["data"]["search"]["identifiers"]} <= {"subnet"}


@pytest.mark.neo4j
def test_readiness_says_which_run_and_how_old(served):
    server, _ = served["neo4j"]
    said = json.loads(server.get("/readyz"))
    assert (said["ready"], said["run"], said["stale"]) == (True, "one", False)
    assert 0 <= said["ageSeconds"] < 600
    assert server.get("/healthz") == "ok\n"


@pytest.mark.neo4j
def test_readiness_without_a_database(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{free.getsockname()[1]}"
    server = Server(tmp_path, "--neo4j", uri, wait="/healthz", LINKAGE_NEO4J_PASSWORD="nothing")
    token = linkage("keys", "create", "tests", "--store", str(tmp_path)).stdout.strip()
    status, said = server.load("/readyz")
    assert status == 503
    assert (said["ready"], said["why"]) == (False, "the database cannot be reached")
    status, answer = server.post(token, "{ rings { totalCount } }")
    assert (status, answer["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert uri not in json.dumps(answer)
    server.stop()
