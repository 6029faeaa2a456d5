"""The command line: `linkage <command>`; one module a command or a group of them."""

from __future__ import annotations

import click

from linkage.cli.bloom import bloom as bloom_command
from linkage.cli.demo import demo as demo_command
from linkage.cli.evaluate import evaluate as evaluate_command
from linkage.cli.explain import explain as explain_command
from linkage.cli.export import export as export_command
from linkage.cli.failures import CarefulGroup, Session
from linkage.cli.keys import keys as keys_command
from linkage.cli.neo4j import neo4j as neo4j_command
from linkage.cli.nightly import nightly as nightly_command
from linkage.cli.runs import runs as runs_command
from linkage.cli.serve import serve as serve_command
from linkage.cli.simulate import simulate as simulate_command

__all__ = ["main"]


def _version(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        import linkage

        click.echo(f"linkage {linkage.__version__}")
        context.exit()


@click.group(
    cls=CarefulGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 ok; 2 usage; 65 the input broke its contract; 69 a server is unreachable; 70 a bug;"
        " 73 the store cannot be read or written; 75 another run holds the lock; 76 a gate refused to"
        " publish."
    ),
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.option("--debug", is_flag=True, envvar="LINKAGE_DEBUG", help="Show the traceback of whatever fails.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Finds networks of fraudulent accounts by what they share, and shows why they belong together."""
    context.ensure_object(Session).debug = debug


for _command in (
    demo_command,
    simulate_command,
    nightly_command,
    export_command,
    explain_command,
    evaluate_command,
    runs_command,
    serve_command,
    keys_command,
    neo4j_command,
    bloom_command,
):
    main.add_command(_command)
