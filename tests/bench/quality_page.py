"""From measured cases to the tables of docs/quality.md, each between two markers; the prose around them stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.bench import quality_innocents
from tests.bench.quality_cells import NOT_YET, average, interval, number, sums, table
from tests.bench.quality_parts import NO_FRAUD, PARTS

Results = Mapping[str, dict[str, Any]]
Seeds = Mapping[str, tuple[int, ...]]

TITLES = {
    "linkage": "**linkage, flagged rings**",
    "all": "linkage, all rings",
    "any_shared": "any shared identifier",
    "p2p": "P2P rule",
    "low_degree": "degree ≤ 50",
    "louvain": "Louvain",
    "synchrony": "synchrony alone",
    "owned": "*own identifiers (ceiling)*",
    "oracle": "*oracle (ceiling)*",
}
_MEASURES = ("accounts", "pairs", "rings", "bcubed")


def fill(text: str, results: Results, levels: tuple[str, ...], seeds: Seeds) -> str:
    """The page with every table between its markers written anew; KeyError for a marker that nothing fills."""
    makers: dict[str, Callable[[], str]] = {
        "real": lambda: _real(results),
        "costs": lambda: _costs(results, (*levels, NO_FRAUD), seeds),
    }
    for scale, numbers in seeds.items():
        found = {
            level: [
                {"seed": seed, **results[name]["report"]}
                for seed in numbers
                if (name := f"{scale}-{level}-{seed}") in results
            ]
            for level in levels
        }
        shown = {level: reports for level, reports in found.items() if reports}
        given = {
            level: [one for seed in numbers if (one := _giveaway(results, f"{scale}-{level}-{seed}"))]
            for level in levels
        }
        makers[f"{scale}-rules"] = lambda shown=shown: _rules(shown)
        makers[f"{scale}-intervals"] = lambda shown=shown: _intervals(shown)
        makers[f"{scale}-verdicts"] = lambda shown=shown: _verdicts(shown)
        makers[f"{scale}-sizes"] = lambda shown=shown: _groups(shown, "ring_sizes", "size")
        makers[f"{scale}-styles"] = lambda shown=shown: _groups(shown, "ring_styles", "choice")
        makers[f"{scale}-campaigns"] = lambda shown=shown: _campaigns(shown)
        makers[f"{scale}-decoys"] = lambda shown=shown: _decoys(shown)
        makers[f"{scale}-curves"] = lambda scale=scale, shown=shown, numbers=numbers: _curves(
            scale, list(shown), numbers[0]
        )
        every = _by_level(results, scale, (*levels, NO_FRAUD), numbers)
        makers[f"{scale}-alarms"] = lambda every=every: quality_innocents.alarms(every)
        makers[f"{scale}-left-out"] = lambda every=every: quality_innocents.left_out(every)
        makers[f"{scale}-giveaway"] = lambda given=given: _single(given)

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- quality:{name} -->\n{makers[name]()}\n<!-- /quality:{name} -->"

    return re.sub(r"<!-- quality:([a-z-]+) -->\n.*?<!-- /quality:\1 -->", replaced, text, flags=re.DOTALL)


def _by_level(
    results: Results, scale: str, levels: tuple[str, ...], seeds: tuple[int, ...]
) -> dict[str, list[dict[str, Any]]]:
    """What was measured at each level, seed by seed; levels without any are left out."""
    found = {
        level: [results[name] for seed in seeds if (name := f"{scale}-{level}-{seed}") in results]
        for level in levels
    }
    return {level: cases for level, cases in found.items() if cases}


def _rules(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        methods = [("linkage", [report["flagged"] for report in reports])]
        told = [report["yardsticks"] for report in reports if report["yardsticks"]]
        methods += [(name, [one[name] for one in told if name in one]) for name in (told[0] if told else ())]
        rows += [[level, TITLES[name], *_cells(scores)] for name, scores in methods]
    return table(["level", "rule", "accounts", "pairs", "rings", "B-cubed", "innocents in 100,000"], rows)


def _cells(scores: list[dict[str, Any] | None]) -> list[str]:
    """Precision / recall of each measure and the false alarms, the mean over seeds."""
    there = [one for one in scores if one]
    if not there:
        return ["-"] * 5
    cells = [
        f"{average(one[m]['precision'] for one in there)} / {average(one[m]['recall'] for one in there)}"
        for m in _MEASURES
    ]
    return [*cells, average((one["false_alarms"]["per_100_000"] for one in there), "{:,.0f}")]


def _intervals(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        for report in reports:
            scores, labels = report["flagged"], report["labels"]
            alarms = scores["false_alarms"]
            low, high = alarms["per_100_000_interval"] or (None, None)
            rows.append([
                level, str(report["seed"]), f"{labels['rings']:,}", f"{labels['confirmed']:,}",
                *(
                    interval(scores[m][side], scores[m][f"{side}_interval"])
                    for m in ("accounts", "pairs") for side in ("precision", "recall")
                ),
                f"{alarms['per_100_000']:,.0f} ({number(low, '{:,.0f}')} to {number(high, '{:,.0f}')})",
            ])  # fmt: skip
    head = ["level", "seed", "rings", "accounts", "account precision", "account recall"]
    return table([*head, "pair precision", "pair recall", "innocents in 100,000"], rows)


def _verdicts(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        for place, role in enumerate(("member", "victim", "innocent")):
            seen = [report["verdicts"][place] for report in reports]
            rows.append([level, role, *sums(seen, "accounts", "flagged", "unexplained", "benign", "alone")])
    return table(["level", "true role", "accounts", "flagged", "unexplained", "benign", "in no ring"], rows)


def _groups(shown: dict[str, list[dict[str, Any]]], key: str, title: str) -> str:
    """True rings by sort: `ring_sizes` or `ring_styles` of the report, in the order in which they are met."""
    rows = []
    for level, reports in shown.items():
        bands: dict[str, list[dict[str, Any]]] = {}
        for report in reports:
            for band in report[key]:
                bands.setdefault(band["name"], []).append(band)
        for name in sorted(bands, key=_place):
            accounts = sum(one["accounts"] for one in bands[name])
            found = sum(one["account_recall"] * one["accounts"] for one in bands[name])
            counts = sums(bands[name], "rings", "matched", "accounts", "unexplained")
            recall = average(one["pair_recall"] for one in bands[name])
            rows.append([level, name, *counts, f"{found / accounts:.3f}", recall])
    head = ["level", title, "rings", "matched", "accounts", "unexplained", "account recall", "pair recall"]
    return table(head, rows)


def _place(name: str) -> tuple[str, int]:
    """Sizes by number, choices by what is chosen."""
    first = name.split()[0].replace(",", "")
    return ("", int(first)) if first.isdigit() else (first, 0)


def _campaigns(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        found = [report["campaigns"] for report in reports if report["campaigns"]]
        if not found:
            continue
        pairs = [average(one["pairs"][side] for one in found) for side in ("precision", "recall")]
        rows.append([level, *sums(found, "campaigns", "touched", "reached"), " / ".join(pairs)])
    return table(["level", "campaigns", "any account flagged", "half flagged", "pairs"], rows)


def _decoys(shown: dict[str, list[dict[str, Any]]]) -> str:
    levels = list(shown)
    stories: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for level, reports in shown.items():
        for report in reports:
            for decoy in report["decoys"]:
                stories.setdefault(decoy["name"], {}).setdefault(level, []).append(decoy)
    rows = []
    for story in sorted(stories):
        row = [story.replace("_", " ")]
        for level in levels:
            seen = stories[story].get(level, [])
            accounts, flagged, unexplained, benign = sums(
                seen, "accounts", "flagged", "unexplained", "benign"
            )
            row.append(f"{accounts}: {flagged} / {unexplained} / {benign}")
        rows.append(row)
    return table(["story", *(f"{level}: flagged / unexplained / benign" for level in levels)], rows)


def _curves(scale: str, levels: list[str], seed: int) -> str:
    drawn = [f"![{scale}, {level}](curves/{scale}-{level}-{seed}.svg)" for level in levels]
    return "\n".join(drawn) if drawn else NOT_YET


def _giveaway(results: Results, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = results[name].get("giveaway") if name in results else None
    return found


def _single(given: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, found in given.items():
        if found:
            best = found[0].get("best_feature", "-")
            names = ("auc", "auc_by_ring", "best_feature_auc", "best_rule", "base_f1")
            figures = [average(one.get(name) for one in found) for name in names]
            rows.append([level, *figures, str(best)])
    head = ["level", "AUC", "AUC, rings apart", "best feature's AUC", "F1 of two questions"]
    return table([*head, "F1 of flagging all", "best feature (first seed)"], rows)


def _costs(results: Results, levels: tuple[str, ...], seeds: Seeds) -> str:
    """Processor minutes of each part, the mean over seeds, and the most memory that one of them took."""
    rows = []
    for scale, numbers in seeds.items():
        for level, cases in _by_level(results, scale, levels, numbers).items():
            spent = [case["cost"] for case in cases]
            minutes = [
                average((one[part][0] / 60 for one in spent if part in one), "{:.1f}") for part in PARTS
            ]
            most = max(peak for one in spent for _, peak in one.values())
            rows.append([scale, level, *minutes, f"{most / 1024:.1f}"])
    return table(["scale", "level", *(part.replace("_", " ") for part in PARTS), "most memory, GiB"], rows)


def _real(results: Results) -> str:
    rows = []
    for name in ("wallets", "prompts"):
        if name not in results:
            continue
        report = results[name]["report"]
        rows.append([name, "**linkage, all rings**", *_cells([report["all"]])])
        rows.append(
            [name, f"linkage, rings of {report['min_size']} or more", *_cells([report["large"]["all"]])]
        )
        for rule, scores in (report["yardsticks"] or {}).items():
            if scores:
                rows.append([name, TITLES[rule], *_cells([scores])])
    return table(["data", "rule", "accounts", "pairs", "rings", "B-cubed", "unconfirmed in 100,000"], rows)
