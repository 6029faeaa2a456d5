"""`linkage simulate`: writes a world in the input format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from linkage.errors import UsageError


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="A new or empty folder.",
)
@click.option(
    "--scale",
    type=click.Choice(["small", "medium", "seed"]),
    default="small",
    show_default=True,
    help="5 thousand, 200 thousand or 2 million accounts.",
)
@click.option("--accounts", type=click.IntRange(min=1), metavar="N", help="Another number of accounts.")
@click.option("--days", type=click.IntRange(min=1), metavar="N", help="Another length of the traffic.")
@click.option(
    "--exchanges-per-account",
    type=click.FloatRange(min=0, min_open=True),
    metavar="X",
    help="Another mean traffic.",
)
@click.option(
    "--level",
    type=click.Choice(["easy", "careful", "paranoid"]),
    default="easy",
    show_default=True,
    help="How well the operators hide.",
)
@click.option(
    "--fraud",
    type=click.FloatRange(min=0, max=0.2),
    metavar="SHARE",
    help="Another share of fraudulent accounts; 0: a world without rings.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same bytes."
)
@click.option("--text", is_flag=True, help="Exchanges carry the prompt instead of the template's id.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "jsonl"]),
    default="parquet",
    show_default=True,
    help="How the tables are written.",
)
def simulate(
    out: Path,
    scale: str,
    accounts: int | None,
    days: int | None,
    exchanges_per_account: float | None,
    level: Any,
    fraud: float | None,
    seed: int,
    text: bool,
    form: Any,
) -> None:
    """Writes a world of accounts with planted rings and innocent sharers, labels included."""
    from linkage.simulate import SCALES
    from linkage.simulate import simulate as write_world
    from linkage.simulate.knobs import FRAUD_SHARE

    size = SCALES[scale]
    try:
        world = write_world(
            out,
            accounts=accounts or size.accounts,
            days=days or size.days,
            exchanges_per_account=exchanges_per_account or size.exchanges_per_account,
            seed=seed,
            text=text,
            fmt=form,
            level=level,
            largest_ring=size.largest_ring,
            fraud=FRAUD_SHARE if fraud is None else fraud,
        )
    except (ValueError, FileExistsError) as error:
        raise UsageError(f"simulate: {error}") from error
    rows = ", ".join(f"{name} {count:,}" for name, count in sorted(world.rows.items()))
    click.echo(f"{out}: {world.fraud_accounts:,} accounts in {world.rings:,} planted rings,")
    click.echo(f"  {world.victims:,} borrowed accounts, {sum(world.decoys.values()):,} innocent sharers")
    click.echo(f"  rows: {rows}")
    click.echo(f"  next: linkage nightly --source {out} --as-of {_as_of()}")


def _as_of() -> str:
    from linkage.simulate.tables import AS_OF

    return AS_OF.strftime("%Y-%m-%d")
