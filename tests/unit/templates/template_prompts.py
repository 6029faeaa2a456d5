"""Hand-made prompts: templates filled with rows, and the usual mutations."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations

import pyarrow as pa

WORDS = [
    "river",
    "market",
    "engine",
    "violin",
    "harbour",
    "winter",
    "granite",
    "lantern",
    "meadow",
    "copper",
    "journal",
    "orbit",
    "saddle",
    "timber",
    "velvet",
    "canyon",
    "falcon",
    "ribbon",
    "summit",
    "thunder",
    "walnut",
    "beacon",
    "cobalt",
    "drizzle",
    "ember",
    "fossil",
    "glacier",
    "hollow",
    "island",
    "jasper",
    "kernel",
    "ledger",
    "mosaic",
    "nectar",
    "oyster",
    "pebble",
    "quarry",
    "rocket",
    "silver",
    "tunnel",
    "umbrella",
    "valley",
]


def row(seed: int, words: int = 25) -> str:
    """A row of data: words in random order, the same for the same seed."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def mutated(text: str, seed: int) -> str:
    """White space, quotes, case or a wrapper, as operators vary them."""
    kind = seed % 5
    if kind == 0:
        return text.replace(" ", "  ").replace("\n", "\r\n\r\n")
    if kind == 1:
        return text.replace('"', "”").replace("'", "’")
    if kind == 2:
        return text.upper()
    if kind == 3:
        return f"[id:{seed * 7919:08x}] {text}\n\nThanks"
    return text


def table(texts: list[tuple[int, str]]) -> pa.Table:
    """The input of `fingerprint_templates`."""
    return pa.table(
        {
            "account": pa.array([account for account, _ in texts], pa.int32()),
            "text": pa.array([text for _, text in texts], pa.string()),
            "n": pa.array([1] * len(texts), pa.int64()),
        }
    )


def crowd(first: int, accounts: int = 60) -> list[tuple[int, str]]:
    """Unrelated accounts: questions of their own, and one popular public template."""
    texts = []
    for account in range(first, first + accounts):
        texts += [(account, f"{row(account * 100 + i, 18)} ?") for i in range(4)]
        texts += [
            (account, f"You are a patient tutor for young students. Explain this: {row(account * 50 + i)}")
            for i in range(4)
        ]
    return texts


def holders(sightings: pa.Table) -> dict[str, set[int]]:
    """Accounts of each template."""
    found: dict[str, set[int]] = defaultdict(set)
    for account, template in zip(
        sightings["account"].to_pylist(), sightings["template"].to_pylist(), strict=True
    ):
        found[template].add(account)
    return found


def pairs(sightings: pa.Table, most: int) -> set[tuple[int, int]]:
    """Pairs of accounts that share a template which at most `most` accounts hold."""
    return {
        pair
        for accounts in holders(sightings).values()
        if len(accounts) <= most
        for pair in combinations(sorted(accounts), 2)
    }
