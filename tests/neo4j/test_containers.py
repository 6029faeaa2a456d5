"""What the containers run, as plain processes on the real server: the night, the API, and the health checks."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from helpers.graph import query
from helpers.source import RING

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture
def container(login, night, tmp_path):
    """The environment and paths of a container, in folders of this machine."""
    config = tmp_path / "linkage.toml"
    config.write_text('[privacy]\nkey_env = "LINKAGE_KEY"\n')
    paths = {"/srv/source": str(night.source), "/etc/linkage/linkage.toml": str(config),
             "/var/lib/linkage": str(tmp_path / "volume")}  # fmt: skip
    values = {
        "LINKAGE_NEO4J_PASSWORD": login.password,
        "LINKAGE_KEY": "k" * 64,
        "LINKAGE_BLOOM_URL": "https://graph.example.org/bloom/",
    }
    (tmp_path / "volume").mkdir()

    def placed(text: str) -> str:
        for inside, here in paths.items():
            text = text.replace(inside, here)
        return text

    def given(name: str) -> tuple[list[str], dict[str, str]]:
        image = dict(re.findall(r"(LINKAGE_\w+|NUMBA_CACHE_DIR)=(\S+)", DOCKERFILE))
        own = {
            key: re.sub(r"\$\{(\w+):[?-]([^}]*)\}", lambda found: values.get(found[1], ""), value)
            for key, value in SERVICES[name]["environment"].items()
        }
        environment = {key: placed(value) for key, value in (image | own).items()}
        environment["LINKAGE_NEO4J_URI"] = login.uri
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LINKAGE_")}
        command = [sys.executable, "-m", "linkage", *map(placed, SERVICES[name]["command"])]
        return command, kept | environment

    return given


def test_the_night_and_the_api_do_their_work(container, login, tmp_path):
    command, environment = container("nightly")
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert any(line.get("event") == "summary" or "summary" in str(line) for line in lines)
    found = query(login, "MATCH (r:Ring)<-[:MEMBER_OF]-(a) RETURN collect(a.account_id) AS accounts")[0]
    assert set(RING) <= set(found["accounts"])
    keys = query(login, "MATCH (i:PaymentMethod) RETURN i.key AS key")
    assert all(row["key"].startswith("hmac:") for row in keys)
    links = query(login, "MATCH (r:Ring) RETURN r.bloom_link AS link, r.ring_id AS ring_id")
    for row in links:
        asked = f"?perspective=linkage&search=Ring%20{row['ring_id']}&run=true"
        assert row["link"] == f"https://graph.example.org/bloom/{asked}"

    command, environment = container("api")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [port if word == "8000" else "127.0.0.1" if word == "0.0.0.0" else word for word in command]
    with (tmp_path / "api.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        check = [sys.executable, *SERVICES["api"]["healthcheck"]["test"][2:]]
        check = [word.replace(":8000/", f":{port}/") for word in check]
        deadline = time.monotonic() + 120
        while subprocess.run(check, capture_output=True).returncode:
            assert process.poll() is None, (tmp_path / "api.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "api.log").read_text()
            time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        # As a shell tells of a process that ended when asked to.
        assert process.wait(60) == 128 + signal.SIGTERM


def test_the_servers_health_check_asks_what_the_server_answers(login):
    (line,) = SERVICES["neo4j"]["healthcheck"]["test"][1:]
    statement = re.search(r'"(RETURN [^"]+)"', line)
    assert statement
    assert re.match(r"\d+\.\d+", query(login, statement[1])[0]["gds"])
