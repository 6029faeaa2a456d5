"""From measured cases to the tables of docs/quality.md, each between two markers; the prose around them stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from statistics import mean
from typing import Any

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
_NOT_YET = "Not measured yet."


def fill(text: str, results: Results, levels: tuple[str, ...], seeds: Seeds) -> str:
    """The page with every table between its markers written anew; KeyError for a marker that nothing fills."""
    makers: dict[str, Callable[[], str]] = {"real": lambda: _real(results)}
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
        makers[f"{scale}-giveaway"] = lambda given=given: _single(given)

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- quality:{name} -->\n{makers[name]()}\n<!-- /quality:{name} -->"

    return re.sub(r"<!-- quality:([a-z-]+) -->\n.*?<!-- /quality:\1 -->", replaced, text, flags=re.DOTALL)


def _rules(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        methods = [("linkage", [report["flagged"] for report in reports])]
        methods += [
            (name, [report["yardsticks"][name] for report in reports]) for name in reports[0]["yardsticks"]
        ]
        rows += [[level, TITLES[name], *_cells(scores)] for name, scores in methods]
    return _table(["level", "rule", "accounts", "pairs", "rings", "B-cubed", "innocents in 100,000"], rows)


def _cells(scores: list[dict[str, Any] | None]) -> list[str]:
    """Precision / recall of each measure and the false alarms, the mean over seeds."""
    there = [one for one in scores if one]
    if not there:
        return ["-"] * 5
    cells = [
        f"{_mean(one[m]['precision'] for one in there)} / {_mean(one[m]['recall'] for one in there)}"
        for m in _MEASURES
    ]
    return [*cells, _mean((one["false_alarms"]["per_100_000"] for one in there), "{:,.0f}")]


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
                    _interval(scores[m][side], scores[m][f"{side}_interval"])
                    for m in ("accounts", "pairs") for side in ("precision", "recall")
                ),
                f"{alarms['per_100_000']:,.0f} ({_number(low, '{:,.0f}')} to {_number(high, '{:,.0f}')})",
            ])  # fmt: skip
    head = ["level", "seed", "rings", "accounts", "account precision", "account recall"]
    return _table([*head, "pair precision", "pair recall", "innocents in 100,000"], rows)


def _verdicts(shown: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, reports in shown.items():
        for place, role in enumerate(("member", "victim", "innocent")):
            seen = [report["verdicts"][place] for report in reports]
            rows.append([level, role, *_sums(seen, "accounts", "flagged", "unexplained", "benign", "alone")])
    return _table(["level", "true role", "accounts", "flagged", "unexplained", "benign", "in no ring"], rows)


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
            sums = _sums(bands[name], "rings", "matched", "accounts", "unexplained")
            recall = _mean(one["pair_recall"] for one in bands[name])
            rows.append([level, name, *sums, f"{found / accounts:.3f}", recall])
    head = ["level", title, "rings", "matched", "accounts", "unexplained", "account recall", "pair recall"]
    return _table(head, rows)


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
        pairs = [_mean(one["pairs"][side] for one in found) for side in ("precision", "recall")]
        rows.append([level, *_sums(found, "campaigns", "touched", "reached"), " / ".join(pairs)])
    return _table(["level", "campaigns", "any account flagged", "half flagged", "pairs"], rows)


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
            accounts, flagged, unexplained, benign = _sums(
                seen, "accounts", "flagged", "unexplained", "benign"
            )
            row.append(f"{accounts}: {flagged} / {unexplained} / {benign}")
        rows.append(row)
    return _table(["story", *(f"{level}: flagged / unexplained / benign" for level in levels)], rows)


def _curves(scale: str, levels: list[str], seed: int) -> str:
    drawn = [f"![{scale}, {level}](curves/{scale}-{level}-{seed}.svg)" for level in levels]
    return "\n".join(drawn) if drawn else _NOT_YET


def _giveaway(results: Results, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = results[name].get("giveaway") if name in results else None
    return found


def _single(given: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for level, found in given.items():
        if found:
            best = found[0].get("best_feature", "-")
            names = ("auc", "auc_by_ring", "best_feature_auc", "best_rule", "base_f1")
            figures = [_mean(one.get(name) for one in found) for name in names]
            rows.append([level, *figures, str(best)])
    head = ["level", "AUC", "AUC, rings apart", "best feature's AUC", "F1 of two questions"]
    return _table([*head, "F1 of flagging all", "best feature (first seed)"], rows)


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
        for rule, scores in report["yardsticks"].items():
            if scores:
                rows.append([name, TITLES[rule], *_cells([scores])])
    return _table(["data", "rule", "accounts", "pairs", "rings", "B-cubed", "unconfirmed in 100,000"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return _NOT_YET
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sums(rows: list[dict[str, Any]], *names: str) -> list[str]:
    return [f"{sum(row[name] for row in rows):,}" for name in names]


def _mean(values: Iterable[float | None], form: str = "{:.3f}") -> str:
    known = [value for value in values if value is not None]
    return form.format(mean(known)) if known else "-"


def _interval(value: float | None, interval: list[float] | None) -> str:
    return _number(value) + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def _number(value: float | None, form: str = "{:.3f}") -> str:
    return "-" if value is None else form.format(value)
