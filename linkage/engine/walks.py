"""Walks over links, a statement a hop: who is around an account, and how two accounts hang together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linkage.engine.readable import LinkRow

#: The strongest so many links of these accounts.
Hop = Callable[[Sequence[str], int], Sequence[LinkRow]]
#: A walk that has met more links than this in one hop goes on from the strongest of them.
WIDEST = 20_000


def strongest_around(hop: Hop, account: str, hops: int, limit: int) -> list[LinkRow]:
    """At most `limit` links, those of fewer hops first and of each hop the strongest."""
    reached, frontier = {account}, [account]
    found: dict[tuple[str, str], LinkRow] = {}
    for _ in range(hops):
        # Links that were met before come back, so that many more are asked for.
        links = hop(frontier, limit + len(found)) if frontier else []
        fresh: dict[str, None] = {}
        for link in links:
            if len(found) >= limit:
                break
            found.setdefault(link.pair, link)
            fresh.update(dict.fromkeys(end for end in link.pair if end not in reached))
        frontier = list(fresh)
        reached.update(frontier)
        if len(found) >= limit:
            break
    return list(found.values())


def shortest_path(hop: Hop, account_a: str, account_b: str, max_hops: int) -> list[LinkRow]:
    """The links from a to b in order; among shortest chains one whose steps are strong. Empty where there is none."""
    if account_a == account_b:
        return []
    came: dict[str, LinkRow] = {}
    reached, frontier = {account_a}, [account_a]
    for _ in range(max_hops):
        fresh: dict[str, None] = {}
        for link in hop(frontier, WIDEST) if frontier else []:
            for here, there in (link.pair, link.pair[::-1]):
                if here in reached and there not in reached and there not in fresh:
                    came[there] = link
                    fresh[there] = None
        if account_b in fresh:
            return _back(came, account_a, account_b)
        reached.update(fresh)
        frontier = list(fresh)
    return []


def _back(came: dict[str, LinkRow], start: str, end: str) -> list[LinkRow]:
    steps: list[LinkRow] = []
    while end != start:
        link = came[end]
        steps.append(link)
        end = link.account_a if link.account_b == end else link.account_b
    return steps[::-1]
