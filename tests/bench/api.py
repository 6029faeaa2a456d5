"""The GraphQL API beside a bare route that runs the same statements for the same page, same clients, same run.

`python -m tests.bench.api`: a store of 200,000 accounts with a ring of 20,000, one server process, 64 clients that ask
for a page of 100 members each time. Phases of the two routes take turns, so that what else the machine does meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

QUERY = """query Page($ring: String!) { ring(ringId: $ring) { size members(first: 100) {
  nodes { accountId status plan country createdAt flagged } pageInfo { hasNextPage endCursor } } } }"""
BARE = ("account_id", "status", "plan", "country", "created_at", "flagged")


def serve(store: str, port: int, token_file: str, role: str, uri: str | None) -> None:
    """One server process: the API, and a bare route over the same reader and the same threads."""
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse

    from api.app import create_app
    from api.settings import ApiSettings, Bounds
    from linkage.access import AccessStore
    from linkage.engine.readable import AccountFilter, PageRequest
    from tests.bench.served_store import open_store

    access = AccessStore(Path(store) / "access.sqlite")
    access.prepare()
    Path(token_file).write_text(access.create_key("bench", role)[1], encoding="utf-8")
    engine = open_store(Path(store), uri)
    app: FastAPI = create_app(engine, access, ApiSettings(bounds=Bounds(cost_a_minute=10**12)))
    reader = engine.reader()
    executor = app.state.service._executor

    @app.post("/bare/{ring}")
    async def bare(ring: str) -> JSONResponse:
        loop = asyncio.get_running_loop()
        rings = await loop.run_in_executor(executor, reader.rings, [ring])
        page = await loop.run_in_executor(
            executor, reader.members, [ring], AccountFilter(), PageRequest(100, "id")
        )
        rows = [{name: _plain(getattr(row, name)) for name in BARE} for row in page[ring].rows]
        return JSONResponse({"size": rings[0].size, "rows": rows, "more": page[ring].more})

    @app.get("/rss")
    async def rss() -> JSONResponse:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return JSONResponse(pages * os.sysconf("SC_PAGE_SIZE") // 2**20)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


class Clients:
    """Connections that stay open; the least that HTTP needs, so that clients cost little beside the server."""

    def __init__(self, port: int, count: int) -> None:
        self._port, self._count = port, count

    async def phase(
        self, path: str, body: Callable[[int], bytes], token: str, numbers: range
    ) -> tuple[np.ndarray, dict[int, str]]:
        """Seconds of each request of a phase, and what failed: status and code by number; `body` makes the n-th."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\n"
        )
        left, seconds = iter(numbers), []
        failed: dict[int, str] = {}

        async def client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            for number in left:
                content = body(number)
                began = time.perf_counter()
                writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
                answered = await reader.readuntil(b"\r\n\r\n")
                length = int(answered.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                content = await reader.readexactly(length)
                seconds.append(time.perf_counter() - began)
                if b" 200 " not in answered[:20] or b'"errors"' in content:
                    code = re.search(rb'"code":\s*"(\w+)"', content)
                    failed[number] = f"{answered[9:12].decode()} {code[1].decode() if code else '-'}"
            writer.close()

        await asyncio.gather(*(client() for _ in range(self._count)))
        return np.array(seconds), failed


def get(port: int, path: str) -> str | None:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            text: str = response.read().decode()
            return text
    except (urllib.error.URLError, ConnectionError):
        return None


@contextmanager
def served(
    accounts: int,
    large: int,
    small_rings: int,
    role: str = "viewer",
    uri: str | None = None,
    *,
    reuse: bool = False,
) -> Iterator[tuple[int, str, str]]:
    """A store of this size behind a server process: its port, the id of the large ring, and a token."""
    from tests.bench.served_store import write_store

    with tempfile.TemporaryDirectory(prefix="linkage-bench-") as folder:
        ring = write_store(Path(folder) / "store", accounts, large, small_rings, uri, reuse=reuse)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        token_file = Path(folder) / "token"
        server = multiprocessing.get_context("spawn").Process(
            target=serve, args=(str(Path(folder) / "store"), port, str(token_file), role, uri)
        )
        server.start()
        try:
            while get(port, "/readyz") is None:
                if not server.is_alive():
                    raise SystemExit("the server did not start")
                time.sleep(0.2)
            yield port, ring, token_file.read_text(encoding="utf-8")
        finally:
            server.terminate()
            server.join()


def main() -> None:
    """Prints milliseconds, ratios and memory; with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--ring", type=int, default=20_000)
    parser.add_argument("--small-rings", type=int, default=4_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--requests", type=int, default=2_000, help="of each route in each of its phases")
    parser.add_argument("--phases", type=int, default=3)
    parser.add_argument("--neo4j", metavar="URI", help="serve from this empty database instead of a folder")
    parser.add_argument(
        "--reuse", action="store_true", help="serve what an earlier call wrote to the database"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    size = (arguments.accounts, arguments.ring, arguments.small_rings)
    with served(*size, uri=arguments.neo4j, reuse=arguments.reuse) as (port, ring, token):
        found = asyncio.run(_measure(arguments, port, ring, token))
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"{'route':<10}{'p50 ms':>10}{'p99 ms':>10}{'requests':>10}{'errors':>8}")
    for route in ("bare", "graphql"):
        row = found[route]
        print(f"{route:<10}{row['p50']:>10.1f}{row['p99']:>10.1f}{row['requests']:>10}{row['errors']:>8}")
    print(f"ratio     {found['ratio_p50']:>10.2f}{found['ratio_p99']:>10.2f}   (goals 2 and 3)")
    print("server memory, MiB after each phase:", *found["memory"])


async def _measure(arguments: argparse.Namespace, port: int, ring: str, token: str) -> dict[str, object]:
    clients = Clients(port, arguments.clients)
    page = json.dumps({"query": QUERY, "variables": {"ring": ring}}).encode()
    routes: dict[str, tuple[str, Callable[[int], bytes]]] = {
        "bare": (f"/bare/{ring}", lambda _: b"{}"),
        "graphql": ("/graphql", lambda _: page),
    }
    for path, body in routes.values():
        await clients.phase(path, body, token, range(min(200, arguments.requests)))
    seconds: dict[str, list[np.ndarray]] = {name: [] for name in routes}
    errors = dict.fromkeys(routes, 0)
    memory = [int(get(port, "/rss") or 0)]
    for _ in range(arguments.phases):
        for name, (path, body) in routes.items():
            taken, failed = await clients.phase(path, body, token, range(arguments.requests))
            seconds[name].append(taken)
            errors[name] += len(failed)
        memory.append(int(get(port, "/rss") or 0))
    found: dict[str, object] = {"memory": memory}
    measured = {}
    for name, phases in seconds.items():
        taken = np.concatenate(phases) * 1000
        p50, p99 = np.percentile(taken, [50, 99])
        measured[name] = (p50, p99)
        found[name] = {"p50": p50, "p99": p99, "requests": len(taken), "errors": errors[name]}
    for place, name in enumerate(("ratio_p50", "ratio_p99")):
        found[name] = float(measured["graphql"][place] / measured["bare"][place])
    return found


if __name__ == "__main__":
    sys.exit(main())
