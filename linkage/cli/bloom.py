"""`linkage bloom`: the perspective for Neo4j Bloom."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.cli.options import config_option


@click.command()
@config_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it, such as perspective.json.",
)
def bloom(config: Path | None, out: Path) -> None:
    """Writes the perspective that Neo4j Bloom imports: categories, colours, search phrases, scene actions.

    With --config, identifier kinds of the configuration have categories of their own. See docs/bloom.md.
    """
    from linkage.bloom import write
    from linkage.settings import load_settings

    count = write(load_settings(config), out)
    click.echo(f"{out}: a perspective with {count} search phrases; import it in Bloom, see docs/bloom.md")
