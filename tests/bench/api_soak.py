"""Whether a server that has answered 100,000 requests holds more memory than one that has answered some.

`python -m tests.bench.api_soak`: one server process, 16 clients, requests of many kinds over loopback: pages by cursor,
lookups, searches, walks, explanations, subgraphs, documents that were never seen before, some that are refused, and
reads of personal data, each with its entry in the audit log. Prints the server's resident memory at intervals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import numpy as np

from tests.bench.api import Clients, get, served

ONE = """query($a: String!) { account(accountId: $a) { status ring { ringId score } } }"""
PAGE = """query($n: Int!) { rings(first: 3, where: {minSize: $n}) { nodes { ringId } pageInfo { endCursor } } }"""
LOOKUP = """query($v: [String!]!) { lookup(values: $v) { matches { account { accountId } identifier { kind } } } }"""
SEARCH = """query($t: String!) { search(text: $t, limit: 5) { accounts { accountId } identifiers { key caption } } }"""
CASE = """query($a: String!) { account(accountId: $a) { sightings(first: 5) { nodes { count identifier { key } } }
  links(first: 5) { nodes { bits evidence { bits } } } } neighbourhood(account: $a, limit: 10) { links { bits } } }"""
RING = """query($r: String!) { ring(ringId: $r) { metrics { name value } timeline { day created }
  evidenceSubgraph(limit: 20) { links { bits } stars { members } spokes { account { accountId } } } } }"""
WHY = """query($a: String!, $b: String!) { explain(a: $a, b: $b) { linked lines { bits caption } } }"""


# What the numbers of a hundred are: by name where it may matter in a failure, and those that are meant to fail.
KINDS = {0: "explain", 1: "new document", 4: "case", 5: "case", 6: "ring", 7: "ring"}
REFUSED = (2, 3)


def request(number: int, accounts: int, large: int, small_rings: int) -> bytes:
    """The body of the n-th request: of a hundred, one explains, one is a document like no other, two are refused."""
    account = f"acct_{number * 7919 % accounts:08}"
    asked: tuple[str, dict[str, object]]
    match number % 100:
        case 0:
            # Two accounts of a small ring.
            first = large + number // 100 % small_rings * 10
            asked = (WHY, {"a": f"acct_{first:08}", "b": f"acct_{first + 1:08}"})
        case 1:
            asked = (f"query Only{number} {{ me {{ role }} run {{ counts {{ name value }} }} }}", {})
        case 2:
            asked = (PAGE, {"n": "not a number"})
        case 3:
            asked = (f"{{ nothing{number} }}", {})
        case 4 | 5:
            asked = (CASE, {"a": account})
        case 6 | 7:
            asked = (RING, {"r": f"ring_{1 + number % small_rings:05}"})
        case 8 | 9 | 10 | 11:
            asked = (SEARCH, {"t": account[:12]})
        case kind if kind % 10 == 5:
            asked = (
                LOOKUP,
                {"v": [account, f"key_{number % 3000:07}", f"93.184.{number % 250}.1", "a@b.example"]},
            )
        case kind if kind % 10 == 6:
            asked = (PAGE, {"n": 1 + number % 12})
        case _:
            asked = (ONE, {"a": account})
    return json.dumps({"query": asked[0], "variables": asked[1]}).encode()


async def _soak(arguments: argparse.Namespace, port: int, token: str) -> list[dict[str, Any]]:
    clients = Clients(port, arguments.clients)

    def body(number: int) -> bytes:
        return request(number, arguments.accounts, arguments.ring, arguments.small_rings)

    found = []
    for start in range(0, arguments.requests, arguments.interval):
        began = time.monotonic()
        numbers = range(start, min(start + arguments.interval, arguments.requests))
        seconds, failed = await clients.phase("/graphql", body, token, numbers)
        unexpected = [
            f"{KINDS.get(number % 100, 'page')}: {what}"
            for number, what in sorted(failed.items())
            if number % 100 not in REFUSED
        ]
        row: dict[str, Any] = {
            "requests": numbers.stop,
            "mib": float(get(port, "/rss") or 0),
            "p50": float(np.percentile(seconds, 50)) * 1000,
            "unexpected": unexpected,
            "seconds": time.monotonic() - began,
        }
        found.append(row)
        if not arguments.json:
            print(
                f"{row['requests']:>9,.0f}{row['mib']:>8.0f}{row['p50']:>10.1f}{len(unexpected):>12}",
                *sorted(set(unexpected)),
                flush=True,
            )
    return found


def main() -> None:
    """Prints a line an interval; with --json a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--ring", type=int, default=3_000)
    parser.add_argument("--small-rings", type=int, default=300)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--interval", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with served(arguments.accounts, arguments.ring, arguments.small_rings, "investigator") as (
        port,
        _,
        token,
    ):
        if not arguments.json:
            print(f"{'requests':>9}{'MiB':>8}{'p50 ms':>10}{'unexpected':>12}")
        found = asyncio.run(_soak(arguments, port, token))
    if arguments.json:
        print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
