"""What the API refuses, besides what graphql-cop and graphql-armor look for (in files of their own)."""

import hashlib
import json
import threading
import time

import pytest

from api.settings import ApiSettings, Bounds
from linkage.engine.embedded import EmbeddedEngine
from linkage.errors import TimeoutExceededError

OK = "{ me { role } }"
INJECTIONS = (
    "' OR 1=1 --", '"; DROP TABLE ring; --', "') UNION SELECT * FROM accounts --", "}) DETACH DELETE n //",
    "\\u0027 OR 1=1", "`) RETURN n //", "$a", "{{7*7}}", "%00", "\x00", "../../etc/passwd", "<script>", "😀" * 50,
)  # fmt: skip


def test_values_beyond_their_bounds(api):
    for query, variables in (
        ("{ rings(first: 0) { totalCount } }", {}),
        ("{ rings(first: -1) { totalCount } }", {}),
        ("{ rings(first: 101) { totalCount } }", {}),
        ("query($v: [String!]!) { lookup(values: $v) { value } }", {"v": ["x"] * 1001}),
        ('{ search(text: "ab") { rings { ringId } } }', {}),
        ('{ search(text: "abc", limit: 51) { rings { ringId } } }', {}),
        ('{ path(a: "a", b: "b", maxHops: 9) { links { bits } } }', {}),
        ('{ neighbourhood(account: "a", hops: 5) { links { bits } } }', {}),
        ('{ neighbourhood(account: "a", limit: 501) { links { bits } } }', {}),
        ('{ explain(a: "ring0", b: "ring0") { linked } }', {}),
        ('{ rings(where: {seenAfter: "0001-01-01T00:00:00+14:00"}) { totalCount } }', {}),
        ("query($t: DateTime) { rings(where: {seenAfter: $t}) { totalCount } }", {"t": "yesterday"}),
        ("query($t: Int!) { rings(first: $t) { totalCount } }", {"t": 10**20}),
        ("query($t: Int!) { rings(first: $t) { totalCount } }", {"t": "5"}),
        ("query($t: Int!) { rings(first: $t) { totalCount } }", {}),
    ):
        status, code = api.code(query, variables)
        assert (status, code) in ((200, "BAD_INPUT"), (400, "INVALID_DOCUMENT"), (400, "TOO_COSTLY")), query


@pytest.mark.parametrize("text", INJECTIONS)
def test_injections_are_only_texts(api, text):
    query = """query($s: String!, $i: ID!) {
      ring(ringId: $s) { ringId } account(accountId: $s) { accountId } node(id: $i) { id }
      rings(where: {kind: $s, country: $s, story: $s}) { totalCount }
      accounts(where: {statuses: [$s], plans: [$s], countries: [$s]}) { totalCount }
      identifiers(where: {kinds: [$s], families: [$s]}) { totalCount } hubs(kinds: [$s]) { totalCount }
      changes(events: [$s]) { nodes { event } } lookup(values: [$s]) { matches { account { accountId } } }
      explain(a: $s, b: "ring0") { linked } path(a: $s, b: "ring0") { links { bits } }
      neighbourhood(account: $s) { links { bits } } }"""
    data = api.data(query, {"s": text, "i": text})
    assert data["ring"] is data["account"] is data["node"] is data["explain"] is data["path"] is None
    assert {data[name]["totalCount"] for name in ("rings", "accounts", "identifiers", "hubs")} == {0}
    found = api.post(
        "query($s: String!) { search(text: $s) { accounts { accountId } rings { ringId } identifiers { id } } }",
        {"s": text.ljust(3, "'")},
    )
    assert found.json()["data"]["search"] == {"accounts": [], "rings": [], "identifiers": []}
    assert api.data("{ rings { totalCount } }")["rings"]["totalCount"] == 1


def test_bodies_that_are_no_json(api):
    for content in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"query": "\\ud800"}', b"null", b'"x"', b"NaN"):
        answer = api.raw(content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 400, content[:20]


def test_errors_are_masked_and_lead_to_their_request(api, monkeypatch, caplog):
    from linkage.engine.embedded_reader import EmbeddedReader

    def broken(*_args, **_options):
        raise RuntimeError("secret-value at 10.0.0.1")

    monkeypatch.setattr(EmbeddedReader, "ring_page", broken)
    answer = api.post("{ rings { totalCount } me { role } }")
    error = answer.json()["errors"][0]
    assert error["message"] == "something went wrong; the request's id leads to it"
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in answer.text
    logged = [
        record
        for record in caplog.records
        if getattr(record, "request_id", "") == answer.headers["x-request-id"]
    ]
    assert any(record.cause == "RuntimeError" for record in logged if hasattr(record, "cause"))
    assert "secret-value" not in caplog.text


def test_a_request_that_takes_too_long_is_cancelled(serve, monkeypatch):
    from linkage.engine.embedded_reader import EmbeddedReader

    api = serve(ApiSettings(bounds=Bounds(seconds=0.2)))
    ended = threading.Event()

    def slow(self, *_args, **_options):
        try:
            while True:
                self.rings(["x"])
        except TimeoutExceededError:
            ended.set()
            raise

    monkeypatch.setattr(EmbeddedReader, "ring_page", slow)
    began = time.monotonic()
    answer = api.post("{ rings { totalCount } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
    assert time.monotonic() - began < 5
    assert ended.wait(5)


def test_rates_are_limited_by_cost_and_by_principal(serve):
    api = serve(ApiSettings(bounds=Bounds(cost_a_minute=1_000)))
    query = "{ rings(first: 50) { nodes { ringId size score } } }"
    codes = [api.post(query).status_code for _ in range(12)]
    assert codes[0] == 200
    assert codes[-1] == 429
    answer = api.post(query)
    assert 1 <= int(answer.headers["retry-after"]) <= 120
    assert api.post(query, role="viewer").status_code == 200


def test_stored_documents(serve, tmp_path):
    stored = "query Mine { me { role } }"
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({"mine": stored}))
    digest = hashlib.sha256(stored.encode()).hexdigest()
    api = serve(ApiSettings(documents=str(file), documents_only=True))
    assert api.data(stored)["me"]["role"] == "investigator"
    for name in (digest, f"sha256:{digest}"):
        assert api.raw(json={"documentId": name}).json()["data"]["me"]["role"] == "admin"
    assert api.code(OK) == (403, "DOCUMENT_NOT_STORED")
    assert api.code(stored + " ") == (403, "DOCUMENT_NOT_STORED")
    assert api.raw(json={"documentId": "0" * 64}).status_code == 400
    assert api.raw(json={"documentId": {"a": 1}}).status_code == 400


def test_mutations_and_subscriptions_are_not_there(api):
    assert api.code("mutation { a }")[0] == 400
    assert api.code("subscription { a }")[0] == 400


def test_headers_are_strict_and_cors_is_off(api):
    for answer in (api.post(OK), api.send("GET", "/healthz"), api.send("GET", "/nothing"), api.raw(json=[])):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in api.send("OPTIONS", "/graphql", headers=asked).headers


def test_cors_for_named_origins(serve):
    api = serve(ApiSettings(origins=("https://cases.example",)))
    for origin, allowed in (("https://cases.example", True), ("https://evil.example", False)):
        answer = api.send(
            "OPTIONS", "/graphql", headers={"origin": origin, "access-control-request-method": "POST"}
        )
        assert ("access-control-allow-origin" in answer.headers) == allowed


def test_health_readiness_and_metrics(api, serve, tmp_path):
    assert api.send("GET", "/healthz").text == "ok\n"
    ready = api.send("GET", "/readyz").json()
    assert (ready["ready"], ready["schema"], ready["run"]) == (True, 1, "two")
    assert ready["ageSeconds"] > 0
    api.post(OK)
    text = api.send("GET", "/metrics", headers={"authorization": f"Bearer {api.tokens['viewer']}"}).text
    assert 'linkage_api_requests_total{outcome="OK",role="investigator"}' in text
    assert "linkage_run_age_seconds" in text
    empty = serve(source=EmbeddedEngine(tmp_path / "empty"))
    assert empty.send("GET", "/readyz").status_code == 503
    assert empty.send("GET", "/healthz").status_code == 200
    assert empty.code(OK) == (503, "UNAVAILABLE")


def test_many_at_once_are_all_answered(api):
    body = {"query": "{ rings { nodes { members { nodes { accountId } } } } }"}
    headers = {"authorization": f"Bearer {api.tokens['viewer']}"}
    answers = api.many([{"json": body, "headers": headers}] * 60)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text.split('"requestId"')[0] for answer in answers}) == 1
