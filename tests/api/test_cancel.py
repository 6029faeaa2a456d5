"""Work that nobody waits for ends: out of time, or the client gone, whatever the verb."""

import asyncio
import gc
import inspect
import json
import threading
import time

import pytest
from helpers.source import RING

from api.settings import ApiSettings, Bounds
from linkage import warehouse
from linkage.engine.readable import AccountFilter, IdentifierFilter, PageRequest, RingFilter
from linkage.engine.reader import Reader
from linkage.errors import TimeoutExceededError

NAME = ("card", "fp_ring")
PAIR = (RING[0], RING[1])
ARGUMENTS = {
    "accounts": ([RING[0]],), "rings": (["r"],), "ring_details": (["r"],), "identifiers": ([NAME],),
    "campaigns": (["c"],), "links": ([PAIR],), "evidence": ([PAIR],),
    "account_page": (AccountFilter(), PageRequest(5, "id")), "account_count": (AccountFilter(),),
    "ring_page": (RingFilter(), PageRequest(5, "id")), "ring_count": (RingFilter(),),
    "identifier_page": (IdentifierFilter(), PageRequest(5, "degree")), "identifier_count": (IdentifierFilter(),),
    "link_page": (None, PageRequest(5, "bits")), "link_count": (None,), "change_page": (None, PageRequest(5, "id")),
    "campaign_page": (1, PageRequest(5, "rings")), "members": (["r"], AccountFilter(), PageRequest(5, "id")),
    "member_counts": (["r"], AccountFilter()), "holdings": ([RING[0]], None, PageRequest(5, "count")),
    "holders": ([NAME], PageRequest(5, "count")), "links_of": ([RING[0]], PageRequest(5, "bits")),
    "ring_links": (["r"], PageRequest(5, "bits")), "shared": (["r"], PageRequest(5, "members")),
    "shared_holdings": ("r", [NAME], 5), "stars": (["r"], PageRequest(5, "members")),
    "star_members": ("r", [(NAME,)], 5), "joins": (["r"], PageRequest(5, "bits")), "join_evidence": ([PAIR],),
    "campaign_rings": (["c"], PageRequest(5, "score")), "campaign_count": (1,),
    "campaign_accounts": (["c"], PageRequest(5, "id")), "campaign_overlaps": (["c"], 5), "ring_overlaps": (["r"], 5),
    "ring_changes": (["r"],), "timeline": (["r"],),
    "lookup": ([RING[0]],), "search": ("ring", 5), "neighbourhood": (RING[0], 2, 50), "path": (*PAIR, 4),
    "explain": PAIR,
}  # fmt: skip
NO_VERBS = {"run", "within", "cancel", "close"}


@pytest.fixture
def endless(monkeypatch):
    """Every statement of the reader does its work and then goes on for minutes."""
    texts = warehouse.statement

    def slow(name: str) -> str:
        text = texts(name)
        if not name.startswith(("reader/", "views/")):
            return text
        return f"SELECT * FROM ({text}) WHERE (SELECT count(*) FROM range(100000000000) AS t(i) WHERE hash(i) = 1) >= 0"

    monkeypatch.setattr(warehouse, "statement", slow)


def verbs() -> list[str]:
    return [
        name for name, _ in inspect.getmembers(Reader) if not name.startswith("_") and name not in NO_VERBS
    ]


def test_every_verb_is_tried() -> None:
    assert set(verbs()) == set(ARGUMENTS)


@pytest.mark.parametrize("verb", sorted(ARGUMENTS))
def test_every_verb_ends_at_the_deadline(endless, store, verb):
    reader = store.engine().reader()
    more = {"personal": True} if verb in ("lookup", "search") else {}
    began = time.monotonic()
    with pytest.raises(TimeoutExceededError):
        getattr(reader.within(0.3), verb)(*ARGUMENTS[verb], **more)
    assert time.monotonic() - began < 10
    reader.close()


@pytest.mark.parametrize("verb", ["accounts", "explain"])
def test_what_runs_ends_when_it_is_cancelled(endless, store, verb):
    reader = store.engine().reader()
    bound = reader.within(600)
    threading.Timer(0.3, bound.cancel).start()
    began = time.monotonic()
    with pytest.raises(TimeoutExceededError):
        getattr(bound, verb)(*ARGUMENTS[verb])
    assert time.monotonic() - began < 10
    reader.close()


@pytest.mark.parametrize(
    "query",
    [
        "{ rings { totalCount } }",
        '{ explain(a: "ring0", b: "ring1") { linked } }',
        '{ path(a: "ring0", b: "ring1") { links { bits } } }',
        '{ lookup(values: ["ring0"]) { value } }',
    ],
)
def test_a_request_ends_at_its_time(endless, serve, query):
    api = serve(ApiSettings(bounds=Bounds(seconds=0.4)))
    began = time.monotonic()
    answer = api.post(query)
    assert time.monotonic() - began < 10
    assert answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"


def test_who_goes_away_leaves_nothing_running(endless, serve, caplog):
    api = serve(ApiSettings(bounds=Bounds(seconds=600)))
    body = json.dumps(
        {"query": '{ explain(a: "ring0", b: "ring1") { linked } rings { totalCount } }'}
    ).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": "",
        "headers": [
            (b"host", b"localhost"), (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"authorization", f"Bearer {api.tokens['viewer']}".encode()),
        ],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    said = []

    async def request() -> float:
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            if parts:
                return parts.pop()
            await asyncio.sleep(0.5)
            return {"type": "http.disconnect"}

        async def send(message):
            said.append(message)

        began = time.monotonic()
        await api.app(scope, receive, send)
        return time.monotonic() - began

    assert api._loop.run_until_complete(request()) < 10
    assert said[0]["status"] == 499
    metrics = api.send("GET", "/metrics", headers={"authorization": f"Bearer {api.tokens['viewer']}"}).text
    assert 'linkage_api_requests_total{outcome="CLIENT_GONE",role="viewer"} 1.0' in metrics
    # No thread is left at work: all of them can meet.
    executor = api.app.state.service._executor
    together = threading.Barrier(executor._max_workers)
    for met in [executor.submit(together.wait, 20) for _ in range(executor._max_workers)]:
        met.result(30)
    gc.collect()
    assert not [record for record in caplog.records if record.name == "asyncio"]
