"""`linkage runs`: the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from linkage.cli.options import Place, as_json, format_option, store_option
from linkage.cli.rundiff import diff_text, diff_views
from linkage.cli.summary import calibration_text, summary_text, total_seconds
from linkage.errors import UsageError

if TYPE_CHECKING:
    from linkage.model import RunRecord


@click.group()
def runs() -> None:
    """The ledger of runs."""


@runs.command("list")
@store_option
@format_option
def list_runs(store: Place, form: str) -> None:
    """All runs, oldest first."""
    records = store.open().runs()
    if form == "json":
        click.echo(as_json([asdict(record) for record in records]))
        return
    if not records:
        click.echo(f"{store}: no runs yet")
        return
    columns = ("rows", "links", "rings", "flagged")
    width = max(len(record.run_id) for record in records)
    head = "".join(f"{name:>14}" for name in columns)
    click.echo(f"{'run':<{width}}  {'status':<10}{'started (UTC)':<18}{head}{'seconds':>10}")
    for record in records:
        counts = "".join(_count(record, name) for name in columns)
        started = f"{record.started_at:%Y-%m-%d %H:%M}"
        took = f"{total_seconds(record):>10,.1f}"
        click.echo(f"{record.run_id:<{width}}  {record.status:<10}{started:<18}{counts}{took}")


@runs.command()
@click.argument("run_id", metavar="RUN")
@store_option
@format_option
def show(run_id: str, store: Place, form: str) -> None:
    """What one run did, with its parameters and notes."""
    record = find_run(store.open().runs(), run_id, store)
    if form == "json":
        click.echo(as_json(asdict(record)))
        return
    click.echo(summary_text(record, store))
    finished = f"{record.finished_at:%Y-%m-%d %H:%M:%S}" if record.finished_at else "-"
    click.echo(f"  {'started':<18}{record.started_at:%Y-%m-%d %H:%M:%S} UTC, finished {finished}")
    click.echo(f"  {'as of':<18}{record.as_of:%Y-%m-%d %H:%M:%S} UTC{', undated' if record.undated else ''}")
    click.echo(f"  {'source':<18}{record.source}")
    for name, value in record.parameters.items():
        if name == "calibration":
            continue
        click.echo(f"  {name:<18}{value:.4g}" if isinstance(value, float) else f"  {name:<18}{value}")
    for line in calibration_text(record):
        click.echo(line)
    for note in record.notes:
        click.echo(f"  note: {note}")


@runs.command()
@click.argument("run_a", metavar="BEFORE")
@click.argument("run_b", metavar="AFTER")
@store_option
@format_option
def diff(run_a: str, run_b: str, store: Place, form: str) -> None:
    """What changed between two published runs: accounts in rings, flags, rings."""
    engine = store.open()
    difference = diff_views(engine.view(run_a), engine.view(run_b))
    click.echo(as_json(asdict(difference)) if form == "json" else diff_text(difference))


@runs.command()
@click.option(
    "--keep", type=click.IntRange(min=1), default=30, show_default=True, help="How many published runs stay."
)
@store_option
def prune(keep: int, store: Place) -> None:
    """Removes all but the newest published runs, and what dead runs left behind."""
    removed = store.open().prune(keep)
    click.echo(f"{store}: removed {len(removed):,} runs")
    for run_id in removed:
        click.echo(f"  {run_id}")


def find_run(records: Sequence[RunRecord], run_id: str, store: Place) -> RunRecord:
    """The newest record of this id; UsageError when there is none."""
    for record in reversed(records):
        if record.run_id == run_id:
            return record
    raise UsageError(f"{store}: there is no run {run_id}")


def _count(record: RunRecord, name: str) -> str:
    return f"{record.counts[name]:>14,}" if name in record.counts else f"{'-':>14}"
