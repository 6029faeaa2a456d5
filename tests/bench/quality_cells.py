"""Numbers and tables as Markdown, the same all over the page."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean
from typing import Any

NOT_YET = "Not measured yet."


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table, or that nothing is measured yet."""
    if not rows:
        return NOT_YET
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sums(rows: list[dict[str, Any]], *names: str) -> list[str]:
    """The sum of each of these entries."""
    return [f"{sum(row[name] for row in rows):,}" for name in names]


def average(values: Iterable[float | None], form: str = "{:.3f}") -> str:
    """The mean of what is known."""
    known = [value for value in values if value is not None]
    return form.format(mean(known)) if known else "-"


def interval(value: float | None, ends: list[float] | None) -> str:
    """A figure with its interval."""
    return number(value) + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")


def number(value: float | None, form: str = "{:.3f}") -> str:
    """A figure, or a dash."""
    return "-" if value is None else form.format(value)


def in_100_000(part: int, whole: int) -> str:
    """A share as people count alarms."""
    return f"{part / whole * 100_000:,.0f}" if whole else "-"
