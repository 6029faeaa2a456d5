"""`linkage explain`: why two accounts are, or are not, linked; what a ring rests on."""

from __future__ import annotations

from dataclasses import asdict

import click

from linkage.cli.explanation import as_text
from linkage.cli.options import Place, as_json, format_option, run_option, store_option


def _both_or_ring(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """B, which is there exactly when A is and no ring."""
    given = [context.params.get("account_a"), value]
    if context.params.get("ring") is not None and any(given):
        raise click.UsageError("two accounts or --ring RING, not both", context)
    if context.params.get("ring") is None and not all(given):
        raise click.UsageError("two accounts are needed, or --ring RING", context)
    return value


@click.command()
@click.argument("account_a", metavar="[A", required=False)
@click.argument("account_b", metavar="B]", required=False, callback=_both_or_ring)
@click.option(
    "--ring",
    metavar="RING",
    is_eager=True,
    help="A ring instead: its reasons, what it rests on, what would change its verdict.",
)
@store_option
@run_option
@format_option
def explain(
    account_a: str, account_b: str, ring: str | None, store: Place, run_id: str | None, form: str
) -> None:
    """Why the accounts A and B are, or are not, linked: every line of evidence with its bits.

    With --ring, why a ring was judged so, without which identifiers it falls apart, its weakest bridges, its
    borderline members, and what would change the verdict.
    """
    if ring is not None:
        _explain_ring(store, run_id, ring, form)
        return
    explanation = store.open().view(run_id).explain(account_a, account_b)
    if form == "json":
        click.echo(as_json(asdict(explanation)))
    else:
        click.echo(as_text(explanation))


def _explain_ring(store: Place, run_id: str | None, ring: str, form: str) -> None:
    from linkage.cli.ringtext import ring_text
    from linkage.engine.ringview import explain_ring

    told = explain_ring(store.open().view(run_id), ring)
    click.echo(as_json(told) if form == "json" else ring_text(told))
