"""What happens to innocents: alarms, the story that is hit worst, and what each story of the judge is needed for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench.quality_cells import in_100_000, table

Seen = Mapping[str, Any]
#: Cases by level: one entry a seed, as `quality.results` gives them.
Levels = Mapping[str, list[dict[str, Any]]]


def alarms(shown: Levels) -> str:
    """Innocents flagged at each level, and the story of which most are."""
    rows = []
    for level, cases in shown.items():
        told = summed([one for case in cases for one in case["report"]["decoys"]])
        accounts, flagged = (sum(one[place] for one in told.values()) for place in (0, 1))
        row = [level, f"{accounts:,}", f"{flagged:,}", in_100_000(flagged, accounts)]
        rows.append([*row, *worst(told)])
    head = [
        "level",
        "innocents",
        "flagged",
        "in 100,000",
        "worst story",
        "its accounts",
        "flagged",
        "in 100,000",
    ]
    return table(head, rows)


def left_out(shown: Levels) -> str:
    """Innocents flagged and unexplained in 100,000 when the judge lacks one of its stories; the story hit worst."""
    by_level = {level: told for level, cases in shown.items() if (told := _judgements(cases))}
    rows = []
    for name in dict.fromkeys(name for told in by_level.values() for name in told):
        row = [name]
        for told in by_level.values():
            innocents = told.get(name, [])
            accounts, *hit = (
                sum(one[place] for one in innocents) for place in ("accounts", "flagged", "unexplained")
            )
            story, *_, rate = worst(summed(innocents))
            cell = " / ".join(in_100_000(part, accounts) for part in hit)
            row.append(cell + (f" ({story}: {rate})" if hit[0] else ""))
        rows.append(row)
    return table(["left out", *(f"{level}: flagged / unexplained" for level in by_level)], rows)


def _judgements(cases: list[dict[str, Any]]) -> dict[str, list[Seen]]:
    """Innocents of all seeds by what was left out: nothing, one story, or all of them."""
    found: dict[str, list[Seen]] = {}
    for entry in (entry for case in cases for entry in case["left_out"] or ()):
        out = entry["out"]
        name = "*nothing*" if not out else out[0] if len(out) == 1 else "*every story*"
        found.setdefault(name, []).extend(entry["innocents"])
    return found


def summed(seen: list[Seen]) -> dict[str, tuple[int, int]]:
    """Accounts and flagged of each story, over all seeds."""
    found: dict[str, tuple[int, int]] = {}
    for one in seen:
        accounts, flagged = found.get(one["name"], (0, 0))
        found[one["name"]] = (accounts + one["accounts"], flagged + one["flagged"])
    return found


def worst(told: Mapping[str, tuple[int, int]]) -> list[str]:
    """The story with the largest share flagged: name, accounts, flagged, in 100,000; dashes where nobody is."""
    hit = {name: one for name, one in told.items() if one[1]}
    if not hit:
        return ["-"] * 4
    name = max(sorted(hit), key=lambda name: hit[name][1] / hit[name][0])
    accounts, flagged = hit[name]
    return [name.replace("_", " "), f"{accounts:,}", f"{flagged:,}", in_100_000(flagged, accounts)]
