"""The issuer's keys: how often they are read, how long they are believed, and who waits for them."""

import asyncio
import http.server
import json
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from api import issuer
from api.settings import ApiSettings, TokenRules

FIRST, SECOND = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
QUERY = {"query": "{ me { name } }"}


class Issuer:
    """A server of JWKS that can be told what to publish, to fail, and to keep everybody waiting."""

    def __init__(self):
        self.keys = {"first": FIRST}
        self.asked = 0
        self.says = None
        self.open = threading.Event()
        self.open.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                outer.open.wait(60)
                found = [
                    {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": name}
                    for name, key in outer.keys.items()
                ]
                content = json.dumps({"keys": found}).encode() if outer.says is None else outer.says
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.open.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def published():
    started = Issuer()
    yield started
    started.close()


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when they are told to."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    found = Clock()
    monkeypatch.setattr(issuer, "time", found)
    return found


@pytest.fixture
def api(serve, published):
    return serve(ApiSettings(token_rules=TokenRules("https://issuer.example", "linkage", published.url)))


def headers(key, name, **changed):
    claims = {
        "iss": "https://issuer.example",
        "aud": "linkage",
        "sub": "ada",
        "exp": int(time.time()) + 300,
        "linkage_role": "viewer",
    }
    return {"authorization": "Bearer " + jwt.encode(claims | changed, key, "RS256", headers={"kid": name})}


def status(api, key, name) -> int:
    return api.send("POST", "/graphql", json=QUERY, headers=headers(key, name)).status_code


def test_the_keys_are_read_once_for_many_tokens(api, published):
    assert [status(api, FIRST, "first") for _ in range(5)] == [200] * 5
    assert status(api, SECOND, "first") == 401
    assert published.asked == 1


def test_names_that_nobody_knows_do_not_make_us_ask_each_time(api, published, clock):
    assert [status(api, FIRST, f"made up {number}") for number in range(20)] == [401] * 20
    assert published.asked == 1
    clock.now += 31
    assert [status(api, FIRST, f"made up {number}") for number in range(20)] == [401] * 20
    assert published.asked == 2


def test_a_new_key_opens_within_half_a_minute(api, published, clock):
    assert status(api, FIRST, "first") == 200
    published.keys["second"] = SECOND
    clock.now += 31
    assert status(api, SECOND, "second") == 200


def test_a_key_that_was_withdrawn_opens_nothing_after_five_minutes(api, published, clock):
    assert status(api, FIRST, "first") == 200
    published.keys = {"second": SECOND}
    clock.now += 301
    assert status(api, FIRST, "first") == 401
    assert status(api, SECOND, "second") == 200


@pytest.mark.parametrize("says", [b"", b"[]", b'{"keys": []}', b"\xff", b"<html>"])
def test_keys_are_believed_for_an_hour_while_they_cannot_be_read(api, published, clock, caplog, says):
    assert status(api, FIRST, "first") == 200
    published.says = says
    clock.now += 301
    assert status(api, FIRST, "first") == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the issuer's keys cannot be read"
    ]
    clock.now += 3600
    answer = api.send("POST", "/graphql", json=QUERY, headers=headers(FIRST, "first"))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert published.asked == 3


def test_an_issuer_that_hangs_holds_up_nobody_with_a_key(serve, published, monkeypatch):
    monkeypatch.setattr(issuer, "_ANSWER_SECONDS", 60.0)
    api = serve(ApiSettings(token_rules=TokenRules("https://issuer.example", "linkage", published.url)))
    published.open.clear()
    body = {"query": "{ rings { totalCount } }"}

    async def ask(sent):
        return (await api._client.post("/graphql", json=body, headers=sent)).status_code

    async def all_of_them():
        waiting = [asyncio.ensure_future(ask(headers(FIRST, f"made up {number}"))) for number in range(16)]
        with_key = await ask({"authorization": f"Bearer {api.tokens['viewer']}"})
        before = [one.done() for one in waiting]
        published.open.set()
        return with_key, before, await asyncio.gather(*waiting)

    assert api._loop.run_until_complete(all_of_them()) == (200, [False] * 16, [401] * 16)
    assert published.asked == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://issuer.example/jwks.json", "jwks.json"])
def test_keys_are_read_by_http_only(serve, url):
    with pytest.raises(ValueError, match="by http or https"):
        serve(ApiSettings(token_rules=TokenRules("i", "a", url)))
