"""Account pairs on the shared prompts data, if it is there: see its README for the rules to beat."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest
from template_prompts import pairs

from linkage.templates import fingerprint_templates

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "prompts"
MOST = 15
"""Accounts that may hold a template for it to link: the README's own cap. Evidence weighs this in earnest."""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open() as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def linked() -> set[tuple[str, str]]:
    texts = sorted({(row["account_id"], row["prompt"]) for row in read("dev.jsonl")})
    names = sorted({account for account, _ in texts})
    number = {account: i for i, account in enumerate(names)}
    found = fingerprint_templates(
        pa.table(
            {
                "account": pa.array([number[account] for account, _ in texts], pa.int32()),
                "text": [text for _, text in texts],
                "n": pa.array([1] * len(texts), pa.int64()),
            }
        )
    )
    return {(names[a], names[b]) for a, b in pairs(found.sightings, MOST)}


def score(linked: set[tuple[str, str]], half: int | None) -> tuple[float, float]:
    """Precision and recall of account pairs; `half` keeps every other operator and every other innocent."""
    operators: dict[str, list[str]] = defaultdict(list)
    for account, operator in sorted(
        {(row["account_id"], row["operator_id"]) for row in read("dev_labels.jsonl")}
    ):
        operators[operator].append(account)
    innocents = operators.pop("")
    rings = [operators[name] for name in sorted(operators)]
    if half is not None:
        rings, innocents = rings[half::2], innocents[half::2]
    accounts = {account for ring in [*rings, innocents] for account in ring}
    truth = {pair for ring in rings for pair in combinations(ring, 2)}
    links = {pair for pair in linked if pair[0] in accounts and pair[1] in accounts}
    right = len(links & truth)
    return right / len(links), right / len(truth)


@pytest.mark.parametrize("half", [None, 0, 1])
def test_pairs_of_one_operator(linked: set[tuple[str, str]], half: int | None) -> None:
    precision, recall = score(linked, half)
    assert precision >= 0.90
    assert recall >= 0.90
