"""What goes wrong around a request: masked, under strict headers, and told in the log by the request's id."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from api.settings import ApiSettings, Bounds
from api.telemetry import JsonLines

OK = {"query": "{ me { role } }"}


def line_of(caplog, request_id):
    """The line of the log about a request."""
    found = [record for record in caplog.records if getattr(record, "request_id", None) == request_id]
    return json.loads(JsonLines().format(found[-1]))


@pytest.fixture(autouse=True)
def heard(caplog):
    caplog.set_level(logging.INFO, logger="linkage.api")


def test_who_is_refused_is_in_the_log(api, caplog):
    for answer, status, outcome in (
        (api.send("POST", "/graphql", json=OK), 401, "UNAUTHENTICATED"),
        (api.send("GET", "/metrics"), 401, "UNAUTHENTICATED"),
        (api.send("GET", "/nothing"), 404, "NOT_FOUND"),
        (api.send("GET", "/graphql"), 405, "METHOD_NOT_ALLOWED"),
        (api.raw(content=b"{", headers={"content-type": "application/json"}), 400, "BAD_REQUEST"),
    ):
        shown = answer.json()["errors"][0]["extensions"]
        assert (answer.status_code, shown["code"]) == (status, outcome)
        assert shown["requestId"] == answer.headers["x-request-id"]
        line = line_of(caplog, shown["requestId"])
        assert (line["outcome"], line["status"]) == (outcome, status)
    assert b'outcome="NOT_FOUND",role="none"' in api.raw("GET", "/metrics").content


def test_keys_that_cannot_be_read_are_no_fault_of_the_client(serve, tmp_path):
    api = serve()
    file = tmp_path / "access.sqlite"
    kept = file.read_bytes()
    file.write_bytes(b"no database at all, " * 100)
    answer = api.raw(json=OK)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    file.write_bytes(kept)
    assert api.raw(json=OK).status_code == 200


@pytest.mark.parametrize("place", ["linkage.access.AccessStore.find", "api.execute.Service.answer"])
def test_what_nobody_expected_is_masked_wherever_it_comes_from(serve, monkeypatch, caplog, place):
    api = serve()

    def broken(*_args, **_options):
        raise RuntimeError("secret-value at 10.0.0.1")

    monkeypatch.setattr(place, broken)
    answer = api.raw(json=OK)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
    assert answer.headers["x-content-type-options"] == "nosniff"
    line = line_of(caplog, error["extensions"]["requestId"])
    assert (line["event"], line["cause"]) == ("internal error", "RuntimeError")
    assert Path(__file__).name in line["where"]
    told = "".join(JsonLines().format(record) for record in caplog.records)
    assert "secret" not in answer.text + told
    # One that was let in is counted as what it came to.
    assert ('"outcome": "INTERNAL", "status": 500' in told) == ("Service" in place)


def sent(api, receive, **headers):
    """The status of a request whose body comes as `receive` says."""
    answers = []

    async def send(message):
        answers.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/graphql",
        "raw_path": b"/graphql", "root_path": "", "scheme": "http", "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + api.tokens["viewer"].encode()),
                    (b"content-type", b"application/json")],
    }  # fmt: skip
    api._loop.run_until_complete(api.app(scope, receive, send))
    return answers[0]["status"]


def test_a_body_that_never_ends_is_not_waited_for(serve):
    api = serve(ApiSettings(bounds=Bounds(seconds=0.2)))
    parts = [{"type": "http.request", "body": b'{"query": ', "more_body": True}]

    async def receive():
        return parts.pop() if parts else await asyncio.Event().wait()

    assert sent(api, receive) == 408


def test_a_client_that_leaves_before_its_body_has_come(api, caplog):
    async def receive():
        return {"type": "http.disconnect"}

    assert sent(api, receive) == 499
    assert [record.outcome for record in caplog.records if hasattr(record, "outcome")] == ["CLIENT_GONE"]
