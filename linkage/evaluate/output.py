"""Writes a report's numbers and its curve to files."""

from __future__ import annotations

from pathlib import Path

from linkage.errors import StoreError, UsageError
from linkage.evaluate.plot import draw_curve
from linkage.evaluate.report import Report


def write_json(text: str, path: Path) -> None:
    """Writes the numbers; StoreError where the file cannot be written."""
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error


def draw(report: Report, path: Path, *, title: str) -> None:
    """Draws the report's curve; UsageError where the run or the labels give none."""
    curve = report.detail.curve
    if curve is None:
        raise UsageError("there is no curve: it needs rings with a score, and a true ring")
    accounts = report.flagged_rings.accounts
    flagged = None
    if accounts.precision is not None and accounts.recall is not None:
        flagged = (accounts.recall, accounts.precision)
    draw_curve(curve, path, title=title, flagged=flagged)
