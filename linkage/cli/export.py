"""`linkage export`: a published run's tables as files."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.cli.options import Place, run_option, store_option


@click.command()
@click.argument(
    "what",
    type=click.Choice(
        [
            "memberships",
            "rings",
            "links",
            "hubs",
            "changes",
            "explanations",
            "campaigns",
            "campaign_rings",
            "campaign_accounts",
            "review",
            "graphml",
            "stix",
            "schema",
        ]
    ),
)
@store_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Its extension says the format: .csv .parquet .json .jsonl, .graphml, .json of stix, .graphql.",
)
@run_option
def export(what: str, store: Place, out: Path, run_id: str | None) -> None:
    """Writes a table of the published run, or its graph, to a file; or the API's schema, which needs no run.

    review: rings drawn at random over all scores, for people to decide on; what they decide goes into the table
    dispositions of the next nights, with each ring's probability, and scores are calibrated on it.

    stix: the flagged rings and campaigns as a STIX 2.1 bundle, without victims; of personal identifiers
    only keyed fingerprints, of accounts their ids (pip install 'linkage[stix]').

    Texts are written as they are: a spreadsheet takes one that begins with = + - or @ for a formula, so
    import the columns of a CSV as text there.
    """
    if what == "schema":
        from linkage.cli.serve import write_schema

        click.echo(f"{out}: {write_schema(out):,} lines of schema")
        return
    from linkage.export import export as write

    view = store.open().view(run_id)
    count = write(view, what, out)
    unit = {"graphml": "nodes and edges", "stix": "objects"}.get(what, "rows")
    click.echo(f"{out}: {count:,} {unit} of run {view.run.run_id}")
