"""`linkage explain A B`: why two accounts are, or are not, linked."""

from __future__ import annotations

from dataclasses import asdict

import click

from linkage.cli.explanation import as_text
from linkage.cli.options import Place, as_json, format_option, run_option, store_option


@click.command()
@click.argument("account_a", metavar="A")
@click.argument("account_b", metavar="B")
@store_option
@run_option
@format_option
def explain(account_a: str, account_b: str, store: Place, run_id: str | None, form: str) -> None:
    """Why the accounts A and B are, or are not, linked: every line of evidence with its bits."""
    explanation = store.open().view(run_id).explain(account_a, account_b)
    if form == "json":
        click.echo(as_json(asdict(explanation)))
    else:
        click.echo(as_text(explanation))
