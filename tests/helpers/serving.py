"""The API as a process of its own, asked as a client asks it, and the examples of its document."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(graphql|json|python)\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
EXAMPLES = [
    (
        text,
        json.loads(BLOCKS[place + 1][1])
        if BLOCKS[place + 1 : place + 2] and BLOCKS[place + 1][0] == "json"
        else {},
    )
    for place, (language, text) in enumerate(BLOCKS)
    if language == "graphql"
]


def linkage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of the package, with more in its environment."""
    return subprocess.run(
        [sys.executable, "-m", "linkage", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
    )


class Server:
    """`linkage serve` on a free port of loopback; `wait` names what must answer before it is used."""

    def __init__(self, store: Path, *arguments: str, wait: str = "/readyz", **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = store / "server.log"
        command = [sys.executable, "-m", "linkage", "serve", "--store", str(store), "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *arguments], stdout=subprocess.DEVNULL, stderr=log, env=os.environ | environment
            )
        deadline = time.monotonic() + 60
        while self.get(wait) is None:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return None

    def load(self, path: str):
        """Status and body, which is JSON."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def post(self, token: str | None, query: str, variables=None):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(self.url + "/graphql", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)
