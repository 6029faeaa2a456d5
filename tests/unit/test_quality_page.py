"""The tables of docs/quality.md from measured cases."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.evaluate import evaluate
from tests.bench.quality import PAGE, SEEDS, cases
from tests.bench.quality_page import TITLES, fill
from tests.bench.quality_parts import LEVELS, Case

NAMES = list("abcdefgh")
MEMBERS = ["member"] * 4 + ["innocent"] * 4
LABELS = pa.table(
    {
        "account_id": NAMES,
        "ring_id": ["A"] * 4 + [None] * 4,
        "role": MEMBERS,
        "campaign_id": ["c"] * 4 + [None] * 4,
    }
)
STORIES = pa.table({"account_id": NAMES, "story": ["A"] * 4 + ["cafe_wifi"] * 4})


def report(flagged: int) -> dict[str, Any]:
    """The first `flagged` accounts in one flagged ring; two rules beside."""
    found = pa.table(
        {
            "account_id": NAMES[:flagged],
            "ring_id": ["r"] * flagged,
            "ring_score": [0.9] * flagged,
            "verdict": ["flagged"] * flagged,
            "flagged": [True] * flagged,
            "role": ["member"] * flagged,
        }
    )
    told = evaluate(found, LABELS, stories=STORIES).numbers()
    return json.loads(json.dumps({**told, "yardsticks": {"oracle": told["flagged"], "p2p": None}}))


def marked(name: str) -> str:
    return f"before\n<!-- quality:{name} -->\nold\n<!-- /quality:{name} -->\nafter"


def rows(name: str, found: dict[str, dict[str, Any]], seeds: dict[str, tuple[int, ...]]) -> list[list[str]]:
    text = fill(marked(name), found, ("easy",), seeds)
    assert text.startswith("before\n")
    assert text.endswith("\nafter")
    assert "old" not in text
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[4:-2]]


FOUND = {"small-easy-1": {"report": report(4)}, "small-easy-2": {"report": report(8)}}
BOTH = {"small": (1, 2)}


def test_figures_are_means_over_seeds_and_counts_are_sums() -> None:
    # Seed 1 flags the ring alone; seed 2 also four innocents: precision 1 and 1/2, pairs 1 and 6/28.
    linkage, oracle, p2p = rows("small-rules", FOUND, BOTH)
    assert linkage[:4] == ["easy", TITLES["linkage"], "0.750 / 1.000", "0.607 / 1.000"]
    assert linkage[-1] == "50,000"
    assert oracle[2:] == linkage[2:]
    assert p2p[2:] == ["-"] * 5
    member, victim, innocent = rows("small-verdicts", FOUND, BOTH)
    assert member == ["easy", "member", "8", "8", "0", "0", "0"]
    assert victim[2] == "0"
    assert innocent == ["easy", "innocent", "8", "4", "0", "0", "4"]
    assert rows("small-decoys", FOUND, BOTH) == [["cafe wifi", "8: 4 / 0 / 0"]]
    assert rows("small-sizes", FOUND, BOTH) == [
        ["easy", "2 to 4", "2", "2", "8", "0", "1.000", "1.000"],
    ]
    assert rows("small-campaigns", FOUND, BOTH) == [["easy", "2", "2", "2", "0.607 / 1.000"]]


def test_each_seed_has_its_interval() -> None:
    first, second = rows("small-intervals", FOUND, BOTH)
    assert first[:5] == ["easy", "1", "1", "4", "1.000 (1.000 to 1.000)"]
    assert first[-1] == "0 (0 to 75,000)"
    assert second[4] == "0.500 (0.500 to 0.500)"


def test_single_accounts_are_told_where_they_were_judged() -> None:
    assert "Not measured yet." in fill(marked("small-giveaway"), FOUND, ("easy",), BOTH)
    judged = {
        "auc": 0.7,
        "auc_by_ring": 0.6,
        "best_feature": "age",
        "best_feature_auc": 0.55,
        "best_rule": 0.1,
        "base_f1": 0.05,
    }
    found = {"small-easy-1": {"report": report(4), "giveaway": judged}}
    expected = ["easy", "0.700", "0.600", "0.550", "0.100", "0.050", "age"]
    assert rows("small-giveaway", found, {"small": (1,)}) == [expected]


def test_the_real_page_has_no_marker_that_nothing_fills() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("<!-- quality:") == page.count("<!-- /quality:") == 24
    assert "Not measured yet." in fill(page, {}, LEVELS, SEEDS)
    with pytest.raises(KeyError):
        fill(marked("nothing"), {}, LEVELS, SEEDS)


def test_which_cases_there_are(tmp_path: Path) -> None:
    # Three levels and a world without rings.
    assert len(list(cases(None, None, tmp_path))) == 4 * (len(SEEDS["small"]) + len(SEEDS["medium"]))
    (tmp_path / "wallets").mkdir()
    assert list(cases(["wallets", "prompts"], None, tmp_path)) == [Case("wallets")]
    assert [case.name for case in cases(["medium"], ["easy"], tmp_path)] == [
        f"medium-easy-{SEEDS['medium'][0]}"
    ]


def judged_without(flagged: int) -> list[dict[str, Any]]:
    """As `quality_left_out` tells it: nothing left out, one story, all."""

    def told(flagged: int, unexplained: int) -> list[dict[str, Any]]:
        plain = {"name": "plain", "accounts": 900, "flagged": 0, "unexplained": 0}
        return [plain, {"name": "cafe_wifi", "accounts": 100, "flagged": flagged, "unexplained": unexplained}]

    return [
        {"out": [], "innocents": told(0, 5)},
        {"out": ["public place"], "innocents": told(flagged, 50)},
        {"out": ["public place", "household"], "innocents": told(2 * flagged, 100)},
    ]


def test_what_each_story_is_needed_for_names_who_is_hit_worst() -> None:
    found = {f"small-easy-{seed}": {"report": report(4), "left_out": judged_without(10)} for seed in (1, 2)}
    assert rows("small-left-out", found, BOTH) == [
        ["*nothing*", "0 / 500"],
        ["public place", "1,000 / 5,000 (cafe wifi: 10,000)"],
        ["*every story*", "2,000 / 10,000 (cafe wifi: 20,000)"],
    ]
    assert "Not measured yet." in fill(marked("small-left-out"), {}, ("easy",), BOTH)


def test_alarms_are_told_without_fraud_too() -> None:
    found = {**FOUND, "small-none-1": {"report": report(0)}}
    assert rows("small-alarms", found, BOTH) == [
        ["easy", "8", "4", "50,000", "cafe wifi", "8", "4", "50,000"],
        ["none", "4", "0", "0", "-", "-", "-", "-"],
    ]


def test_costs_are_means_over_seeds_and_the_most_memory_counts() -> None:
    costs = (
        {"world": (60.0, 512.0), "night": (120.0, 2048.0)},
        {"world": (180.0, 512.0), "night": (0.0, 1024.0)},
    )
    found = {
        f"small-easy-{seed}": {"report": report(4), "cost": cost}
        for seed, cost in zip((1, 2), costs, strict=True)
    }
    assert rows("costs", found, BOTH) == [["small", "easy", "2.0", "-", "-", "1.0", "-", "-", "2.0"]]
