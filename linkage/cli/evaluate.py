"""`linkage evaluate`: a published run against the truth."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.cli.options import Place, as_json, config_option, format_option, run_option, store_option

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="account_id, ring_id (empty: innocent), role; other names by [sources.labels] of --config.",
)
@click.option(
    "--stories", type=_FILE, metavar="FILE", help="What each account of a simulated world was made as."
)
@click.option(
    "--source",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The run's source: simple rules and the ideal detector are then told beside it.",
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
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="All numbers, for programs.")
@click.option(
    "--curve",
    "curves",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="The precision-recall curve over ring scores, as .png or .svg; may be repeated.",
)
@format_option
def evaluate(
    labels: Path,
    stories: Path | None,
    source: Path | None,
    store: Place,
    config: Path | None,
    run_id: str | None,
    min_size: int,
    json_file: Path | None,
    curves: tuple[Path, ...],
    form: str,
) -> None:
    """Precision and recall of a run by account, by pair and by ring, with 95 % intervals.

    Over all rings and over flagged rings, and by account over large rings. A predicted and a true ring match
    when they share at least half of their union. Accounts that are labelled as victims count as neither.
    """
    from linkage.evaluate import evaluate as compare
    from linkage.evaluate import read_labels, read_stories
    from linkage.evaluate.output import draw, write_json
    from linkage.evaluate.text import as_text, yardstick_lines
    from linkage.evaluate.yardstick import yardsticks
    from linkage.settings import load_settings

    view = store.open().view(run_id)
    settings = load_settings(config)
    truth = read_labels(labels, settings)
    told = None if stories is None else read_stories(stories)
    report = compare(view.memberships(), truth, stories=told, min_size=min_size)
    beside = () if source is None else yardsticks(source, truth, settings, view.run.as_of)
    told_beside = {one.name: one.scores.numbers() if one.scores else None for one in beside}
    numbers = as_json(
        {"run_id": view.run.run_id, **report.numbers(), "yardsticks": told_beside if beside else None}
    )
    if json_file is not None:
        write_json(numbers, json_file)
    for path in curves:
        draw(report, path, title=f"run {view.run.run_id}")
    if form == "json":
        click.echo(numbers)
        return
    click.echo(as_text(report, view.run.run_id))
    if beside:
        click.echo("\n".join(["", *yardstick_lines(beside)]))
