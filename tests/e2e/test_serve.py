"""A real server on loopback: keys, the documents' examples, and an end that loses nothing."""

import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.night import options
from helpers.serving import BLOCKS, DOCUMENT, EXAMPLES, ROOT, Server, linkage
from helpers.source import RING, write_source

from linkage.engine.embedded import EmbeddedEngine
from linkage.nightly import run_nightly
from linkage.progress import Silent


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    source = write_source(folder / "source")
    run_nightly(EmbeddedEngine(folder / "store"), options(source, "one"), Silent())
    return folder / "store"


@pytest.fixture(scope="module")
def token(store) -> str:
    made = linkage("keys", "create", "tests", "--role", "investigator", "--store", str(store))
    assert made.returncode == 0, made.stderr
    assert "investigator" in made.stderr
    return made.stdout.strip()


@pytest.fixture(scope="module")
def server(store, token):
    started = Server(store)
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.mark.parametrize(
    ("query", "variables"), EXAMPLES, ids=lambda value: re.sub(r"\W+", " ", str(value))[:30]
)
def test_the_examples_of_the_document_run(server, token, query, variables):
    status, answer = server.post(token, query, variables)
    assert status == 200, answer
    assert "errors" not in answer, answer
    assert all(value is not None for value in answer["data"].values())


def test_the_client_of_the_document_runs(server, token, tmp_path):
    (client,) = [text for language, text in BLOCKS if language == "python"]
    (tmp_path / "client.py").write_text(client)
    environment = os.environ | {"LINKAGE_URL": server.url + "/graphql", "LINKAGE_TOKEN": token}
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "client.py")],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr
    _, answer = server.post(token, "{ accounts(where: {flagged: true}) { totalCount } }")
    assert len(ran.stdout.splitlines()) == answer["data"]["accounts"]["totalCount"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "client.py"], cwd=tmp_path, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_every_code_of_the_document_is_one_and_all_are_there():
    told = set(
        re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", DOCUMENT.partition("## Errors")[2].partition("## Who")[0])
    )
    source = "".join(path.read_text() for path in (ROOT / "api").rglob("*.py"))
    raised = set(
        re.findall(r'(?:RefusedError\(\s*\d+,\s*|ApiError\(\s*|code, message = )"([A-Z_]+)"', source)
    )
    raised |= set(re.findall(r'_too|"(TOO_LARGE|BAD_INPUT)"', source)) - {""}
    assert told == raised


def test_it_serves_who_has_a_key_and_ends_when_told(store, token):
    server = Server(store)
    assert server.get("/healthz") == "ok\n"
    assert server.post(None, "{ me { role } }")[0] == 401
    status, answer = server.post(token, "query Seen { identifiers(first: 5) { nodes { key } } }")
    keys = [node["key"] for node in answer["data"]["identifiers"]["nodes"]]
    assert status == 200
    assert len(keys) == 5
    assert server.get("/") is None
    assert server.stop() in (0, 128 + signal.SIGTERM)
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    seen = [line for line in lines if line.get("operation") == "Seen"]
    assert (seen[0]["status"], seen[0]["personal"], seen[0]["role"]) == (200, 5, "investigator")
    assert not any(key in log for key in keys)
    assert token not in log
    assert not any(account in log for account in RING)


def test_a_development_server_says_so_and_listens_on_loopback_only(store):
    server = Server(store, "--dev")
    assert "/static/try.js" in (server.get("/") or "")
    assert server.post(None, "{ me { role } }")[1]["data"]["me"]["role"] == "admin"
    server.stop()
    assert "this machine only" in server.log.read_text()
    for host in ("0.0.0.0", "::", "example.org", "10.0.0.1"):
        refused = linkage("serve", "--dev", "--host", host, "--store", str(store))
        assert refused.returncode == 2
        assert "loopback only" in refused.stderr


def test_keys_on_the_command_line(store, tmp_path):
    at = ("--store", str(store), "--access", str(tmp_path / "access.sqlite"))
    assert "no keys yet" in linkage("keys", "list", *at).stdout
    assert linkage("keys", "revoke", "nothing", *at).returncode == 2
    # A folder that was mistyped is not made.
    assert "no keys yet" in linkage("keys", "list", "--store", str(tmp_path / "sotre")).stdout
    assert list(tmp_path.iterdir()) == []
    token = linkage("keys", "create", "job", "--expires", "2w", *at).stdout.strip()
    (key,) = json.loads(linkage("keys", "list", "--format", "json", *at).stdout)
    assert (key["name"], key["role"], key["scopes"]) == ("job", "viewer", ["graphql"])
    assert token not in json.dumps(key)
    rotated = linkage("keys", "rotate", key["key_id"], *at)
    assert rotated.returncode == 0
    assert rotated.stdout.strip() != token
    assert linkage("keys", "revoke", key["key_id"], *at).returncode == 0
    table = linkage("keys", "list", *at).stdout
    assert re.search(rf"{key['key_id']} .* no +job", table)
    for wrong in (
        ("revoke", "nothing"),
        ("create", "x", "--role", "root"),
        ("create", "x", "--expires", "soon"),
    ):
        failed = linkage("keys", *wrong, *at)
        assert failed.returncode == 2
        assert len(failed.stderr.splitlines()) == 1


def test_the_schema_is_exported(tmp_path):
    out = tmp_path / "schema.graphql"
    assert linkage("export", "schema", "--out", str(out)).returncode == 0
    assert out.read_text() == (ROOT / "api" / "schema.graphql").read_text()
    nowhere = linkage("export", "schema", "--out", str(tmp_path / "nowhere" / "schema.graphql"))
    assert nowhere.returncode == 73
    assert "cannot be written" in nowhere.stderr


def test_where_it_cannot_listen_it_says_so_in_a_line(store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = linkage("serve", "--store", str(store), "--port", port)
    assert (refused.returncode, refused.stderr) == (
        69,
        f"linkage: port {port} is taken: name another with --port\n",
    )
    for host in ("192.0.2.1", "no-such-host.invalid"):
        refused = linkage("serve", "--store", str(store), "--host", host)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (69, 1)
        assert f"cannot listen on {host}" in refused.stderr


def test_an_option_alone_that_needs_others_is_refused(store):
    for wrong in (("--documents-only",), ("--jwt-issuer", "https://issuer.example")):
        refused = linkage("serve", "--store", str(store), *wrong)
        assert refused.returncode == 2, refused.stderr


def test_spans_are_sent_to_the_collector_that_is_named(store, token):
    received = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{collector.server_port}"
        server = Server(store, OTEL_EXPORTER_OTLP_ENDPOINT=at, OTEL_EXPORTER_OTLP_COMPRESSION="none")
        _, answer = server.post(token, "query Traced { rings { nodes { ringId } } }")
        (ring,) = answer["data"]["rings"]["nodes"]
        assert server.stop() in (0, 128 + signal.SIGTERM)
        collector.shutdown()
    assert {path for path, _ in received} == {"/v1/traces"}
    sent = b"".join(body for _, body in received)
    assert all(name in sent for name in (b"linkage-api", b"Traced", b"reader.ring_page"))
    assert ring["ringId"].encode() not in sent


def test_pasted_values_are_found_among_keyed_identifiers_with_the_key(tmp_path, store):
    config = tmp_path / "linkage.toml"
    config.write_text('[privacy]\nkey_env = "TEST_LINKAGE_KEY"\n')
    key = {"TEST_LINKAGE_KEY": "a secret that is long enough to be one"}
    source = write_source(tmp_path / "source")
    at = ("--store", str(tmp_path / "store"), "--config", str(config))
    ran = linkage("nightly", *at, "--source", str(source), **key)
    assert ran.returncode == 0, ran.stderr
    query = '{ lookup(values: ["::ffff:93.184.217.7", "fp_ring"]) { matches { identifier { key } } } }'
    for named, environment, found in (((), {}, [0, 0]), (("--config", str(config)), key, [8, 8])):
        server = Server(tmp_path / "store", "--dev", *named, **environment)
        status, answer = server.post(None, query)
        server.stop()
        assert status == 200, answer
        matches = [row["matches"] for row in answer["data"]["lookup"]]
        assert [len(hits) for hits in matches] == found, answer
        assert all(hit["identifier"]["key"].startswith("hmac:") for hits in matches for hit in hits)
    refused = linkage("serve", "--store", str(store), "--config", str(config))
    assert refused.returncode == 2
    assert "TEST_LINKAGE_KEY, which is not set" in refused.stderr
