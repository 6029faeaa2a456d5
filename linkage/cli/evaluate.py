"""`linkage evaluate`: a published run against the truth."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.cli.options import Place, as_json, config_option, format_option, run_option, store_option


@click.command()
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="account_id, ring_id (empty: innocent), role; other names by [sources.labels] of --config.",
)
@store_option
@config_option
@run_option
@click.option(
    "--min-size",
    type=click.IntRange(min=2),
    default=8,
    show_default=True,
    help="From which size the accounts of large rings are counted.",
)
@format_option
def evaluate(
    labels: Path, store: Place, config: Path | None, run_id: str | None, min_size: int, form: str
) -> None:
    """Precision and recall of a run by account, by pair and by ring.

    Over all rings and over flagged rings, and by account over large rings. A predicted and a true ring match
    when they share at least half of their union. Accounts that are labelled as victims count as neither.
    """
    from linkage.evaluate import evaluate as compare
    from linkage.evaluate import read_labels
    from linkage.evaluate.text import as_text
    from linkage.settings import load_settings

    view = store.open().view(run_id)
    truth = read_labels(labels, load_settings(config))
    report = compare(view.memberships(), truth, min_size=min_size)
    if form == "json":
        click.echo(as_json({"run_id": view.run.run_id, **report.numbers()}))
    else:
        click.echo(as_text(report, view.run.run_id))
