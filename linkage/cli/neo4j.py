"""`linkage neo4j`: a real server on this machine, for trying and testing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from linkage.cli.options import as_json, format_option
from linkage.errors import ServerError

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group()
def neo4j() -> None:
    """A local Neo4j with Graph Data Science: no Docker, no system Java.

    It needs `pip install 'linkage[neo4j-local]'`, and fetches the server the first time.
    """


def _home_option(function: Function) -> Function:
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="LINKAGE_NEO4J_HOME",
        metavar="DIR",
        help="Where the server keeps its data.  [env: LINKAGE_NEO4J_HOME; default: ~/.local/share/linkage/neo4j]",
    )(function)


def _home(given: Path | None) -> Path:
    from linkage.localserver.process import default_home

    return given or default_home()


@neo4j.command()
@_home_option
@click.option(
    "--line",
    type=click.Choice(["lts", "current"]),
    default="lts",
    show_default=True,
    help="Neo4j 5.26 with GDS 2.13, or 2026.01 with GDS 2.26.",
)
@click.option(
    "--bolt-port",
    type=click.IntRange(0, 65535),
    default=7687,
    envvar="LINKAGE_NEO4J_BOLT_PORT",
    show_default=True,
    show_envvar=True,
    help="0: any free one.",
)
@click.option(
    "--http-port",
    type=click.IntRange(0, 65535),
    default=7474,
    envvar="LINKAGE_NEO4J_HTTP_PORT",
    show_default=True,
    show_envvar=True,
    help="Neo4j Browser's; 0: any free one.",
)
@click.option(
    "--heap", default="1g", envvar="LINKAGE_NEO4J_HEAP", show_default=True, show_envvar=True, metavar="SIZE"
)
@click.option(
    "--pagecache",
    default="256m",
    envvar="LINKAGE_NEO4J_PAGECACHE",
    show_default=True,
    show_envvar=True,
    metavar="SIZE",
)
@click.option(
    "--password",
    envvar="LINKAGE_NEO4J_PASSWORD",
    metavar="TEXT",
    help="Of the user neo4j, at the first start; better by the environment.  [env: LINKAGE_NEO4J_PASSWORD;"
    " default: drawn and kept in the home]",
)
@format_option
def up(
    home: Path | None,
    line: str,
    bolt_port: int,
    http_port: int,
    heap: str,
    pagecache: str,
    password: str | None,
    form: str,
) -> None:
    """Starts the server, unless it runs already, and waits until it answers."""
    from linkage.localserver import ServerOptions
    from linkage.localserver import up as start

    options = ServerOptions(
        home=_home(home),
        line=line,
        bolt_port=bolt_port,
        http_port=http_port,
        heap=heap,
        pagecache=pagecache,
        password=password,
    )
    server, fresh = start(options, lambda text: click.echo(text, err=True))
    if form == "json":
        click.echo(as_json({**asdict(server), "uri": server.uri, "started_now": fresh}))
        return
    click.echo(
        f"Neo4j {server.neo4j} with GDS {server.gds} {'is up' if fresh else 'was up already'}: {server.uri}"
    )
    click.echo(f"  browser    {server.browser}, user neo4j, password in {server.password_file}")
    click.echo(f'  next       export LINKAGE_NEO4J_PASSWORD="$(cat {server.password_file})"')
    click.echo(f"             linkage nightly --source DIR --neo4j {server.uri}")


@neo4j.command()
@_home_option
def down(home: Path | None) -> None:
    """Stops the server; its data stay."""
    from linkage.localserver import down as stop

    folder = _home(home)
    click.echo(f"{folder}: {'stopped' if stop(folder) else 'nothing runs there'}")


@neo4j.command()
@_home_option
@format_option
def status(home: Path | None, form: str) -> None:
    """Whether the server runs; exit code 69 where it does not."""
    from linkage.localserver import status as find

    folder = _home(home)
    server = find(folder)
    if server is None:
        raise ServerError(f"no Neo4j runs in {folder}")
    if form == "json":
        click.echo(as_json({**asdict(server), "uri": server.uri}))
    else:
        click.echo(f"Neo4j {server.neo4j} with GDS {server.gds} runs: {server.uri}, process {server.pid}")
